/** A state from a snapshot, believed only when it is the state that its index says: the same entry, and the
 *  same digest, counted anew. */
import { assert } from '../../schema/index.ts'
import type { Digest, EntryId, Sequence } from '../../schema/index.ts'
import { digestOf } from '../state.ts'
import type { State } from '../state.ts'
import { loadInSteps, loadState } from './load.ts'
import type { SnapshotChunk } from './snapshot-rows.ts'

interface Place {
  readonly id: EntryId
  readonly sequence: Sequence
  readonly digest: Digest
}

export function loadStateAt(chunks: Iterable<SnapshotChunk>, place: Place): State {
  return believed(loadState(chunks), place)
}

/** The same in steps, see `loadInSteps`. */
export function* loadStateAtInSteps(
  chunks: Iterable<SnapshotChunk>,
  place: Place,
): Generator<undefined, State> {
  return believed(yield* loadInSteps(chunks), place)
}

function believed(state: State, place: Place): State {
  assert(state.id === place.id, `the snapshot says entry ${state.id}, its index ${place.id}`)
  assert(state.sequence === place.sequence, 'a snapshot is at the sequence of its index')
  // What the rows come to was held against the snapshot's own word by loadState.
  const digest = digestOf(state)
  assert(digest === place.digest, `the snapshot comes to digest ${digest}, not ${place.digest}`)
  return state
}
