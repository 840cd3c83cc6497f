/** A settler's life: wait for the lease, run the stages, and on any fault begin a new term from what is
 *  committed. Whether a failed commit came through is read from the cursor, never guessed.
 *
 *  What is broken rather than faulty stops its stage for good: the process stays up, says why at
 *  /readyz, and a restart finds the same again. It is never papered over. */
import { DatabaseError } from 'pg'
import type { Pool } from 'pg'
import { BrokenInvariant } from '../../schema/unit.ts'
import { backOff, fail, messageOf, SetupFault } from '../../engine/host/index.ts'
import type { Log } from '../../engine/host/index.ts'
import { EntryUnreadable, MissedEntries } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { Backlog } from './backlog.ts'
import { CursorMoved } from './cursor.ts'
import type { Stage } from './cursor.ts'
import { DigestMismatch, Unpostable } from './fold.ts'
import type { Gauge } from './gauge.ts'
import { holdsLease, LeaseLost } from './held.ts'
import { takeLease } from './lease.ts'
import type { Lease } from './lease.ts'
import { posting } from './posting.ts'
import { RecordBroken } from './record.ts'
import { recording } from './recording.ts'
import type { Term } from './term.ts'

/** Work that goes with the lease and minds its own faults: it ends only when the signal is aborted. */
export type Chore = (term: Term) => Promise<void>

export interface SettlerParts {
  readonly pool: Pool
  readonly journal: Journal
  readonly log: Log
  readonly gauge: Gauge
  /** A uuid, which its connections carry as their name. */
  readonly holder: string
  readonly chores: readonly Chore[]
  readonly onJobs: () => void
}

export class Settler {
  readonly #parts: SettlerParts
  readonly #stopped = new Map<Stage, string>()
  #fault: string | null = null

  constructor(parts: SettlerParts) {
    this.#parts = parts
  }

  /** Why it cannot do its work; empty when it can, also while another settler does it. */
  readiness(): readonly string[] {
    const stopped = [...this.#stopped].map(([stage, why]) => `${stage} is stopped: ${why}`)
    return this.#fault === null ? stopped : [...stopped, this.#fault]
  }

  /** Resolves once `stop` is aborted and what was begun is committed or given up. */
  async run(stop: AbortSignal): Promise<void> {
    for (let attempt = 1; !stop.aborted; attempt++) {
      const startedAt = performance.now()
      try {
        await this.#serve(stop)
      } catch (error) {
        this.#noteFault(error, stop)
      }
      if (performance.now() - startedAt > TERM_MS_STEADY) attempt = 1
      if (!stop.aborted) await backOff(attempt, stop)
    }
  }

  async #serve(stop: AbortSignal): Promise<void> {
    const { pool, gauge, log, holder } = this.#parts
    const onStandby = () => {
      this.#fault = null
    }
    const lease = await takeLease({ pool, holder, log, stop, onStandby })
    if (lease === null) return
    gauge.isActive = true
    log.info({ at: 'lease-taken', term: lease.term })
    try {
      await this.#runTerm(lease)
    } finally {
      gauge.endTerm()
      log.info({ at: 'lease-over', term: lease.term })
      await lease.release()
    }
  }

  /** The first part that fails ends the others. */
  async #runTerm(lease: Lease): Promise<void> {
    const { pool, journal, gauge, chores, onJobs } = this.#parts
    const over = new AbortController()
    const signal = AbortSignal.any([lease.signal, over.signal])
    const backlog = new Backlog(pool)
    signal.addEventListener('abort', () => backlog.wake())
    const term: Term = { pool, journal, gauge, backlog, lease, signal, onJobs }
    const parts = [
      this.#stage('recorded', term, () => recording(term)),
      this.#stage('settled', term, () => this.#postUpTo(term)),
      ...chores.map((chore) => chore(term)),
    ]
    const ended = parts.map((part) => part.finally(() => over.abort()))
    const results = await Promise.allSettled(ended)
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  /** Everything before an entry that cannot be posted is posted; then it is told. */
  async #postUpTo(term: Term): Promise<void> {
    try {
      await posting(term)
    } catch (error) {
      if (!(error instanceof Unpostable)) throw error
      await posting(term, error.sequence)
      throw error
    }
  }

  /** Runs a stage, and stands still in its place once it is stopped for good. */
  async #stage(
    stage: Stage,
    { pool, lease, signal }: Term,
    work: () => Promise<void>,
  ): Promise<void> {
    if (!this.#stopped.has(stage)) {
      try {
        this.#fault = null
        return await work()
      } catch (error) {
        // Who has slept through the end of his term finds much that is not as it was left.
        if (!isBroken(error) || !(await holdsLease(pool, lease))) throw error
        this.#halt(stage, error)
      }
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  #halt(stage: Stage, error: unknown): void {
    this.#stopped.set(stage, messageOf(error))
    if (error instanceof DigestMismatch) this.#parts.gauge.hasDigestMismatch = true
    this.#parts.log.error({ at: 'stage-stopped', stage, error })
  }

  #noteFault(error: unknown, stop: AbortSignal): void {
    if (stop.aborted) return
    // The surroundings are wrong, a journal that is not ours for one: nothing may be written from it.
    if (error instanceof SetupFault) return fail(error)
    const { log } = this.#parts
    if (error instanceof CursorMoved || error instanceof LeaseLost)
      return log.info({ at: 'term-over', why: error.message })
    this.#fault = `settlement: ${messageOf(error)}`
    log.warn({ at: 'term-fault', error })
  }
}

/** A term of this length was no failed attempt. */
const TERM_MS_STEADY = 5_000
/** Integrity and data: trying again gives the same. */
const BROKEN_CLASSES = new Set(['22', '23'])

function isBroken(error: unknown): boolean {
  if (error instanceof DatabaseError) return BROKEN_CLASSES.has(error.code?.slice(0, 2) ?? '')
  return (
    error instanceof Unpostable ||
    error instanceof RecordBroken ||
    error instanceof MissedEntries ||
    error instanceof EntryUnreadable ||
    error instanceof BrokenInvariant
  )
}
