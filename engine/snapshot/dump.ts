import { SCHEMA_VERSION } from '../../schema/index.ts'
import type { SnapshotChunk } from './snapshot-rows.ts'
import type { State } from '../state.ts'
import { SnapshotCut } from './cut.ts'

/** The whole state as rows, lazily: it must not change until the last chunk was taken. */
export function dumpState(state: State, version: number = SCHEMA_VERSION): Iterable<SnapshotChunk> {
  return new SnapshotCut(state, version).chunks()
}
