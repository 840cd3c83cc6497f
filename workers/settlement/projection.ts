import type { EventKind, EventOf } from '../../schema/event.ts'
import type { AtMs } from '../../schema/unit.ts'
import type { Batch } from './batch.ts'
import type { Mirror } from './mirror.ts'

/** Where an event's changes go: the books in memory, and the rows of the batch. */
export interface Projection {
  readonly mirror: Mirror
  readonly batch: Batch
  readonly atMs: AtMs
}

/** What events of some kinds do to the rows that people read. Moves the mirror's books along. */
export type RowChanges<Kind extends EventKind> = {
  readonly [Each in Kind]: (event: EventOf<Each>, to: Projection) => void
}
