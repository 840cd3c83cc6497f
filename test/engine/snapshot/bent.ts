/** Snapshots that read but must not be believed. */
import { dumpState } from '../../../engine/index.ts'
import type { SnapshotChunk, State } from '../../../engine/index.ts'

/** As a build of tomorrow would write it. */
export function* ofTomorrow(state: State): Generator<SnapshotChunk> {
  for (const chunk of dumpState(state))
    yield chunk.section === 'meta'
      ? { ...chunk, rows: chunk.rows.map(([, ...row]) => [99, ...row]) }
      : chunk
}

/** The first account has one cent more than it had. */
export function* offByOne(state: State): Generator<SnapshotChunk> {
  for (const chunk of dumpState(state))
    yield chunk.section === 'accounts'
      ? { ...chunk, rows: chunk.rows.map((row, place) => (place === 0 ? richer(row) : row)) }
      : chunk
}

function richer([accountId, availableMinor, ...row]: readonly unknown[]): readonly unknown[] {
  return [accountId, (availableMinor as number) + 1, ...row]
}
