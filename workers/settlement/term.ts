import type { Pool } from 'pg'
import type { Journal } from '../../engine/journal/index.ts'
import type { Backlog } from './backlog.ts'
import type { Gauge } from './gauge.ts'
import type { LeaseMark } from './held.ts'

/** What the stages share while this settler is the one that works. */
export interface Term {
  readonly pool: Pool
  readonly journal: Journal
  readonly backlog: Backlog
  readonly gauge: Gauge
  readonly lease: LeaseMark
  /** Aborted when the term is over: the lease is lost, a stage has failed, or the process stops. */
  readonly signal: AbortSignal
  /** New jobs are committed. */
  readonly onJobs: () => void
}
