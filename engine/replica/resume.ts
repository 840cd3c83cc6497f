/** Where an engine begins: the newest snapshot that reads, or an empty market before the first entry.
 *
 *  A snapshot is believed only when the state it gives comes to the same digest, counted anew. */
import { assert } from '../../schema/unit.ts'
import { createState, loadState, recomputeDigest } from '../index.ts'
import type { State } from '../index.ts'
import { loadNewestSnapshot } from '../journal/index.ts'
import type { Journal } from '../journal/index.ts'

export async function resumeState(journal: Journal): Promise<State> {
  const newest = await loadNewestSnapshot(journal)
  if (newest === null) return createState()
  const { head, chunks } = newest
  const state = loadState(chunks)
  assert(state.id === head.id, `the snapshot says entry ${state.id}, its index ${head.id}`)
  assert(state.sequence === head.sequence, 'a snapshot is at the sequence of its index')
  const digest = recomputeDigest(state)
  assert(digest === head.digest, `the snapshot comes to digest ${digest}, not ${head.digest}`)
  return state
}
