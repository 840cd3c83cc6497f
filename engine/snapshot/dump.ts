import { SCHEMA_VERSION } from '../../schema/index.ts'
import type { State } from '../state.ts'
import { SnapshotCut } from './cut.ts'
import { rowsOf } from './snapshot-rows.ts'
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

/** The hash over all rows, counted from the state in steps. */
export function* proofOf(state: State): Generator<undefined, string> {
  let proof = ''
  for (const chunk of dumpState(state)) {
    if (chunk.section === 'proof') proof = rowsOf(chunk, 'proof')[0]?.[0] ?? ''
    yield
  }
  return proof
}
