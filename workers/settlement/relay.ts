/** The outbox's way to the queue. A row is the truth and is done when its effect's own transaction says
 *  so; a job in the queue is only the wake-up, and a row that stays open too long is sent again under a
 *  new attempt, whatever became of the job: a flushed queue, a dead worker and a lost reply are alike. */
import type { Queue } from 'bullmq'
import { JOB_TOPICS } from '../../schema/job.ts'
import type { JobTopic } from '../../schema/job.ts'
import { OUTBOX_RESEND_MS, OUTBOX_ROWS_MAX } from '../../schema/limit.ts'
import { messageOf } from '../../engine/host/index.ts'
import type { Database, Log } from '../../engine/host/index.ts'
import { sql } from 'kysely'
import type { JobData } from '../queue.ts'
import type { Gauge } from './gauge.ts'
import { assertHeld, LeaseLost } from './held.ts'
import type { LeaseMark } from './held.ts'
import type { Term } from './term.ts'

export interface RelayParts {
  readonly db: Database
  readonly queues: Readonly<Record<JobTopic, Queue>>
  readonly log: Log
  readonly gauge: Gauge
  readonly resendMs?: number
}

/** Rows are looked for this often even if nobody rang. */
const LOOK_EVERY_MS = 1_000

export class Relay {
  readonly #parts: RelayParts
  #ring = () => {}
  #isRung = false
  #fault: string | null = null

  constructor(parts: RelayParts) {
    this.#parts = parts
  }

  readiness(): readonly string[] {
    return this.#fault === null ? [] : [this.#fault]
  }

  /** There is something new to send. */
  ring(): void {
    this.#isRung = true
    this.#ring()
  }

  /** Sends until the term is over; throws LeaseLost when it finds that out. Faults are told once an outage
   *  and tried again. */
  async run({ lease, signal }: Pick<Term, 'lease' | 'signal'>): Promise<void> {
    const ring = () => this.#ring()
    signal.addEventListener('abort', ring)
    try {
      while (!signal.aborted) {
        this.#isRung = false
        const isMore = await this.#attempt(lease)
        if (!isMore && !this.#isRung && !signal.aborted) await this.#rest()
      }
    } finally {
      signal.removeEventListener('abort', ring)
      this.#fault = null
    }
  }

  async #attempt(lease: LeaseMark): Promise<boolean> {
    try {
      const sent = await sendOpen(this.#parts, lease)
      this.#note(null)
      return sent === OUTBOX_ROWS_MAX
    } catch (error) {
      if (error instanceof LeaseLost) throw error
      this.#note(`outbox: ${messageOf(error)}`)
      return false
    }
  }

  #note(fault: string | null): void {
    const { log } = this.#parts
    if (fault !== null && this.#fault === null) log.warn({ at: 'outbox-stuck', error: fault })
    if (fault === null && this.#fault !== null) log.info({ at: 'outbox-flows' })
    this.#fault = fault
  }

  async #rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS)
      this.#ring = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** Sends what was never sent, or was sent too long ago and is not done. Returns how many. Sent first and
 *  noted after: a crash between the two sends the same attempt again, under the same job id. */
async function sendOpen(
  { db, queues, gauge, resendMs = OUTBOX_RESEND_MS }: RelayParts,
  lease: LeaseMark,
): Promise<number> {
  await assertHeld(db, lease)
  const rows = await db
    .selectFrom('outbox')
    .select(['outbox_id', 'topic', 'payload', 'attempts'])
    .where('done_at', 'is', null)
    .where(sql<boolean>`(sent_at is null or sent_at < now() - ${resendMs} * interval '1 ms')`)
    .orderBy('outbox_id')
    .limit(OUTBOX_ROWS_MAX)
    .execute()
  gauge.outboxOpen = await countOpen(db)
  for (const topic of JOB_TOPICS) {
    const jobs = rows.filter((row) => row.topic === topic)
    if (jobs.length === 0) continue
    await queues[topic].addBulk(jobs.map((row) => job(topic, row)))
  }
  if (rows.length > 0)
    await noteSent(
      db,
      rows.map((row) => row.outbox_id),
    )
  return rows.length
}

async function countOpen(db: Database): Promise<number> {
  const { open } = await db
    .selectFrom('outbox')
    .select((select) => select.fn.countAll<number>().as('open'))
    .where('done_at', 'is', null)
    .executeTakeFirstOrThrow()
  return open
}

interface OpenRow {
  readonly outbox_id: number
  readonly payload: unknown
  readonly attempts: number
}

function job(topic: JobTopic, { outbox_id: outboxId, payload, attempts }: OpenRow) {
  const data: JobData = { outboxId, payload }
  // A colon would not be taken in a job's id.
  const jobId = `outbox-${outboxId}-${attempts + 1}`
  return { name: topic, data, opts: { jobId, ...JOB_OPTIONS } }
}

const JOB_OPTIONS = {
  attempts: 4,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: 1_000,
} as const

async function noteSent(db: Database, ids: readonly number[]): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ sent_at: sql`now()`, attempts: sql`attempts + 1` })
    .where('outbox_id', 'in', ids)
    .execute()
}
