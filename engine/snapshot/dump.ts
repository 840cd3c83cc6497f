import { SCHEMA_VERSION } from '../../schema/index.ts'
import { Trace } from '../digest/trace.ts'
import type { State } from '../state.ts'
import { SnapshotCut } from './cut.ts'
import { addRows } from './proof.ts'
import type { SnapshotChunk } from './snapshot-rows.ts'

/** The whole state as rows, lazily: it must not change until the last chunk was taken. */
export function dumpState(state: State, version: number = SCHEMA_VERSION): Iterable<SnapshotChunk> {
  return new SnapshotCut(state, version).chunks()
}

/** The hash over all rows, counted from the state. */
export function proofOf(state: State): string {
  const proof = new Trace()
  for (const chunk of new SnapshotCut(state).rows()) addRows(proof, chunk)
  return proof.hex()
}
