/** The queue Redis. Queues fail fast, so that an outage is the outbox's business; workers wait for it to
 *  come back. What must not be lost lies in Postgres; eviction would still lose wake-ups in silence, so
 *  a Redis that evicts is refused. */
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { backoffMs, messageOf, SetupFault, withoutPassword } from '../engine/host/index.ts'
import type { JobTopic } from '../schema/job.ts'

/** What travels: where the work is written down, and which try this is. */
export interface JobData {
  readonly outboxId: number
  readonly payload: unknown
}

const FAIL_FAST = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2_000,
  commandTimeout: 5_000,
  retryStrategy: (attempt: number) => backoffMs(attempt),
}
const WAIT = {
  maxRetriesPerRequest: null,
  retryStrategy: (attempt: number) => backoffMs(attempt),
}

/** Keys of one market begin with this; the braces keep them on one Cluster node. */
export function queuePrefix(market: string): string {
  return `{${market}}:queue`
}

export function workerConnection(url: string): Redis {
  return new Redis(url, WAIT)
}

/** Its connection comes back by itself for as long as the process lives. */
export function openQueue(url: string, market: string, topic: JobTopic): Queue {
  const connection = new Redis(url, FAIL_FAST)
  const queue = new Queue(topic, { connection, prefix: queuePrefix(market) })
  // Every call tells its own failure.
  queue.on('error', () => {})
  connection.on('error', () => {})
  return queue
}

/** Throws SetupFault, one clear line, when the queue's Redis cannot be used or would evict. */
export async function assertQueueRedis(url: string): Promise<void> {
  const redis = new Redis(url, { ...FAIL_FAST, lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    await redis.connect()
    const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as [string, string]
    if (policy !== 'noeviction')
      throw new SetupFault(
        `the queue Redis at ${withoutPassword(url)} has maxmemory-policy ${policy}: set it to noeviction`,
      )
  } catch (error) {
    if (error instanceof SetupFault) throw error
    throw new SetupFault(
      `cannot use the queue Redis at ${withoutPassword(url)} (${messageOf(error)}): start it or correct QUEUE_REDIS_URL`,
      { cause: error },
    )
  } finally {
    redis.disconnect()
  }
}
