import { SCHEMA_VERSION } from '../../schema/index.ts'
import { Trace } from '../digest/trace.ts'
import type { State } from '../state.ts'
import { SnapshotCut } from './cut.ts'
import { addRows } from './proof.ts'
import type { SnapshotChunk } from './snapshot-rows.ts'

/** The whole state as rows, taken without a rest. With the schema version before ours as roles of the former
 *  build read it. */
export function* dumpState(
  state: State,
  version: number = SCHEMA_VERSION,
): Generator<SnapshotChunk> {
  const cut = new SnapshotCut(state, version)
  try {
    yield* cut.chunks()
  } finally {
    cut.end()
  }
}

/** The hash over all rows, counted from the state. */
export function proofOf(state: State): string {
  const proof = new Trace()
  for (const chunk of dumpState(state))
    if (chunk.section !== 'meta' && chunk.section !== 'proof') addRows(proof, chunk)
  return proof.hex()
}
