/** Hosts the workers of the queue: all of them, or those that WORKERS names, separated by commas. Any
 *  number of these processes may run side by side. */
import { Worker } from 'bullmq'
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
  Progress,
  serveOperations,
  stopSignal,
  watchProgress,
} from '../engine/host/index.ts'
import type { Database, Log, Metrics } from '../engine/host/index.ts'
import { JOB_TOPICS } from '../schema/job.ts'
import type { JobTopic } from '../schema/job.ts'
import { processJob } from './processors.ts'
import { assertQueueRedis, openQueue, queuePrefix, workerConnection } from './queue.ts'
import type { JobData } from './queue.ts'

const topicsSchema = z
  .string()
  .transform((names) => names.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(JOB_TOPICS)).min(1))

const configSchema = z.object({
  DATABASE_URL: z.string().min(1),
  QUEUE_REDIS_URL: z.string().min(1),
  MARKET: z.string().min(1).default('demo'),
  OPS_PORT: z.coerce.number().int().min(0).default(0),
  WORKERS: topicsSchema.default([...JOB_TOPICS]),
})
type Config = z.output<typeof configSchema>

/** Jobs of one topic at once; each holds a connection while it works. */
const JOBS_AT_ONCE = 4

async function main(log: Log): Promise<void> {
  const config = readConfig(configSchema)
  const metrics = createMetrics('workers')
  const postgres = await connectPostgres({
    url: config.DATABASE_URL,
    max: config.WORKERS.length * JOBS_AT_ONCE + 1,
    log,
  })
  onStop('postgres', () => postgres.close())
  await assertMigrated(postgres.db)
  await assertQueueRedis(config.QUEUE_REDIS_URL)
  const jobs = startWorkers(config, postgres.db, log, metrics)
  const { port } = await serveOperations({
    port: config.OPS_PORT,
    readiness: () => [...postgres.readiness(), ...jobs.readiness()],
    registry: metrics.registry,
  })
  announceReady({ service: 'workers', opsPort: port })
}

/** Its readiness names the topics whose queue is out of reach just now, and those whose jobs hang. */
function startWorkers(
  { WORKERS, QUEUE_REDIS_URL, MARKET }: Config,
  db: Database,
  log: Log,
  metrics: Metrics,
): { readonly readiness: () => readonly string[] } {
  const seconds = metrics.histogram('lendbook_workers_job_seconds', 'Time of a job', [
    'topic',
    'result',
  ])
  const outages = new Set<string>()
  const progresses: Progress[] = []
  for (const topic of WORKERS) {
    const reason = `queue of ${topic} cannot be reached`
    const connection = workerConnection(QUEUE_REDIS_URL)
    const worker = startWorker(topic, connection, MARKET, db)
    const queue = openQueue(QUEUE_REDIS_URL, MARKET, topic)
    const progress = new Progress(`jobs of ${topic}`)
    progresses.push(progress)
    const own = { begun: 0, done: 0, failed: 0 }
    worker.on('active', () => own.begun++)
    worker.on('completed', () => own.done++)
    worker.on('failed', () => own.failed++)
    watchProgress(async () => {
      const isAtWork = own.begun > own.done + own.failed
      const isWaiting = isAtWork || (await queue.getWaitingCount()) > 0
      progress.note({ isWaiting, reached: own.done })
    }, stopSignal).catch(fail)
    worker.on('error', (error) => {
      if (!outages.has(reason)) log.warn({ at: 'queue-lost', topic, error })
      outages.add(reason)
    })
    connection.on('ready', () => outages.delete(reason))
    worker.on('completed', (job) => seconds.observe({ topic, result: 'done' }, tookSeconds(job)))
    worker.on('failed', (job, error) => {
      log.warn({ at: 'job-failed', topic, jobId: job?.id, error })
      seconds.observe({ topic, result: 'failed' }, job === undefined ? 0 : tookSeconds(job))
    })
    onStop(`worker ${topic}`, async () => {
      await worker.close()
      await queue.close()
      connection.disconnect()
    })
  }
  return {
    readiness: () => [...outages, ...progresses.flatMap((progress) => progress.readiness())],
  }
}

function startWorker(
  topic: JobTopic,
  connection: ReturnType<typeof workerConnection>,
  market: string,
  db: Database,
): Worker<JobData> {
  const work = async ({ data }: { readonly data: JobData }) =>
    processJob(db, topic, data.outboxId, data.payload)
  return new Worker<JobData>(topic, work, {
    connection,
    prefix: queuePrefix(market),
    concurrency: JOBS_AT_ONCE,
    maxStalledCount: 1,
  })
}

function tookSeconds(job: {
  readonly processedOn?: number | undefined
  readonly finishedOn?: number | undefined
}): number {
  const { processedOn = 0, finishedOn = processedOn } = job
  return (finishedOn - processedOn) / 1000
}

runService('workers', main)
