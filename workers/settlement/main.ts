/** Settlement: writes the journal ahead into Postgres, posts it to the ledger, hands jobs to the queue
 *  and tends the journal. Any number may run; one works, the others stand by. */
import { randomUUID } from 'node:crypto'
import type { Queue } from 'bullmq'
import { z } from 'zod'
import {
  announceReady,
  assertMigrated,
  connectPostgres,
  createMetrics,
  fail,
  onStop,
  readConfig,
  runService,
  serveOperations,
  stopSignal,
  watchProgress,
} from '../../engine/host/index.ts'
import type { Log } from '../../engine/host/index.ts'
import { connectJournal, joinRecord, watchClock } from '../../engine/journal/index.ts'
import { JOB_TOPICS } from '../../schema/job.ts'
import type { JobTopic } from '../../schema/job.ts'
import { assertQueueRedis, openQueue } from '../queue.ts'
import { tendJournal } from './archive.ts'
import { assertDurable } from './durable.ts'
import { Gauge } from './gauge.ts'
import { Relay } from './relay.ts'
import { Settler } from './settler.ts'
import { Standing } from './standing.ts'

const configSchema = z.object({
  DATABASE_URL: z.string().min(1),
  JOURNAL_REDIS_URL: z.string().min(1),
  QUEUE_REDIS_URL: z.string().min(1),
  MARKET: z.string().min(1).default('demo'),
  OPS_PORT: z.coerce.number().int().min(0).default(0),
  OUTBOX_RESEND_MS: z.coerce.number().int().min(100).optional(),
})

/** Recording, posting, the lease, the table behind the backlog, the outbox, the archive, the look at all
 *  of it. */
const CONNECTIONS = 9

async function main(log: Log): Promise<void> {
  const holder = randomUUID()
  const config = readConfig(configSchema)
  const metrics = createMetrics('settlement')
  const postgres = await connectPostgres({
    url: config.DATABASE_URL,
    max: CONNECTIONS,
    log,
    name: holder,
  })
  onStop('postgres', () => postgres.close())
  const { pool, db } = postgres
  await assertMigrated(db)
  await assertDurable(pool)
  const { JOURNAL_REDIS_URL: url, MARKET: market } = config
  const journal = await connectJournal({ url, market, log })
  onStop('journal', () => journal.close())
  await joinRecord(db, journal)
  const watching = watchClock(journal, stopSignal)
  onStop('clock', () => watching)
  await assertQueueRedis(config.QUEUE_REDIS_URL)
  const queues = openQueues(config.QUEUE_REDIS_URL, market)

  const gauge = new Gauge(metrics)
  metrics.tally(
    'lendbook_snapshot_unusable_total',
    'Snapshots that could not be loaded, or do not agree with the record',
    () => journal.snapshotsUnusable,
  )
  const resendMs = config.OUTBOX_RESEND_MS
  const relay = new Relay({ db, queues, log, gauge, ...(resendMs !== undefined && { resendMs }) })
  const settler = new Settler({
    pool,
    journal,
    log,
    gauge,
    holder,
    onJobs: () => relay.ring(),
    chores: [(term) => relay.run(term), (term) => tendJournal(db, log, term)],
  })
  const standing = new Standing(pool, journal)
  watchProgress(() => standing.look(), stopSignal).catch(fail)
  const running = settler.run(stopSignal)
  onStop('settler', () => running)

  const { port } = await serveOperations({
    port: config.OPS_PORT,
    readiness: () => [
      ...settler.readiness(),
      ...standing.readiness(),
      ...gauge.readiness(),
      ...relay.readiness(),
      ...postgres.readiness(),
      ...journal.readiness(),
    ],
    registry: metrics.registry,
  })
  announceReady({ service: 'settlement', opsPort: port })
}

function openQueues(url: string, market: string): Record<JobTopic, Queue> {
  const opened = JOB_TOPICS.map((topic) => [topic, openQueue(url, market, topic)] as const)
  onStop('queues', async () => {
    for (const [, queue] of opened) await queue.close()
  })
  return Object.fromEntries(opened) as Record<JobTopic, Queue>
}

runService('settlement', main)
