/** The two local Redis servers: the journal, where an acknowledged write is on disk, and the queue. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describeExit, startChild } from './child.ts'
import type { Child, Exit } from './child.ts'
import { asUser, JOURNAL_USERS, QUEUE_USERS, writeUsers } from './redis-user.ts'

/** Reading a large append-only file back takes a while; past this something is wrong. */
const READY_MS_MAX = 60_000
const PROBE_EVERY_MS = 10
const STOP_MS_MAX = 15_000

export interface RedisOptions {
  readonly dataDir: string
  readonly port: number
  readonly logFile?: string
  /** For tests that break a setting on purpose: these come last and win. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface RedisServer extends Child {
  /** As its admin. */
  readonly url: string
  readonly port: number
  /** Writes out what it has and ends. */
  shutdown(): Promise<void>
}

const ALWAYS_ASSERTED = {
  appendonly: 'yes',
  'no-appendfsync-on-rewrite': 'no',
  'aof-load-truncated': 'yes',
  'maxmemory-policy': 'noeviction',
  save: '',
} as const

/** Only streams and snapshots live here; every process that writes to it asserts these settings. A
 *  rewrite of the append-only file forks, so it comes seldom. */
export function startJournalRedis(options: RedisOptions): Promise<RedisServer> {
  return startRedis('journal-redis', options, JOURNAL_USERS, {
    ...ALWAYS_ASSERTED,
    appendfsync: 'always',
    // Trimming takes whole nodes of a stream: small ones.
    'stream-node-max-entries': '100',
    'stream-node-max-bytes': '4096',
    'auto-aof-rewrite-min-size': '512mb',
  })
}

/** BullMQ and caches: what is lost in a crash is asked again by the outbox. */
export function startQueueRedis(options: RedisOptions): Promise<RedisServer> {
  return startRedis('queue-redis', options, QUEUE_USERS, {
    ...ALWAYS_ASSERTED,
    appendfsync: 'everysec',
  })
}

async function startRedis(
  name: string,
  { dataDir, port, logFile = join(dataDir, 'redis.log'), settings }: RedisOptions,
  users: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): Promise<RedisServer> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const all = {
    bind: '127.0.0.1',
    port: String(port),
    dir: dataDir,
    daemonize: 'no',
    aclfile: writeUsers(dataDir, users),
    ...defaults,
    ...settings,
  }
  let isReady = false
  const child = await startChild({
    name,
    command: 'redis-server',
    args: Object.entries(all).flatMap(([key, value]) => [`--${key}`, value]),
    logFile,
    orphanSignal: 'SIGKILL',
    onLine: (line) => {
      isReady ||= line.includes('Ready to accept connections')
    },
  })
  await untilReady(child, port, () => isReady)
  return {
    ...child,
    url: asUser(`redis://127.0.0.1:${port}/0`, dataDir, 'admin'),
    port,
    shutdown: async () => {
      await child.stop('SIGTERM', STOP_MS_MAX)
    },
  }
}

/** Waits for its own word: another server may answer on the port that it cannot have. It tells its
 *  faults on stdout. */
async function untilReady(child: Child, port: number, isReady: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_MS_MAX
  const ended: { how: Exit | null } = { how: null }
  void child.exited.then((exit) => {
    ended.how = exit
  })
  while (!isReady()) {
    if (ended.how !== null)
      throw new Error(`${child.name} on port ${port} ${describeExit(ended.how, child.lastLines())}`)
    if (Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`${child.name} on port ${port} was not ready after ${READY_MS_MAX} ms`)
    }
    await wait(PROBE_EVERY_MS)
  }
}
