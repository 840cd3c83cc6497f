/** The two local Redis servers: the journal, where an acknowledged write is on disk, and the queue. */
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describeExit, startChild } from './child.ts'
import type { Child } from './child.ts'

/** Reading a large append-only file back takes a while; past this something is wrong. */
const READY_MS_MAX = 60_000
const PROBE_EVERY_MS = 10
const PROBE_MS_MAX = 1_000
const STOP_MS_MAX = 15_000

export interface RedisOptions {
  readonly dataDir: string
  readonly port: number
  readonly logFile?: string
  /** For tests that break a setting on purpose: these come last and win. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface RedisServer extends Child {
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
  return startRedis('journal-redis', options, {
    ...ALWAYS_ASSERTED,
    appendfsync: 'always',
    'auto-aof-rewrite-min-size': '512mb',
  })
}

/** BullMQ and caches: what is lost in a crash is asked again by the outbox. */
export function startQueueRedis(options: RedisOptions): Promise<RedisServer> {
  return startRedis('queue-redis', options, { ...ALWAYS_ASSERTED, appendfsync: 'everysec' })
}

async function startRedis(
  name: string,
  { dataDir, port, logFile = join(dataDir, 'redis.log'), settings }: RedisOptions,
  defaults: Readonly<Record<string, string>>,
): Promise<RedisServer> {
  mkdirSync(dataDir, { recursive: true })
  const all = {
    bind: '127.0.0.1',
    port: String(port),
    dir: dataDir,
    daemonize: 'no',
    ...defaults,
    ...settings,
  }
  const args = Object.entries(all).flatMap(([key, value]) => [`--${key}`, value])
  const child = await startChild({
    name,
    command: 'redis-server',
    args,
    logFile,
    orphanSignal: 'SIGKILL',
  })
  await untilReady(child, port)
  return {
    ...child,
    url: `redis://127.0.0.1:${port}/0`,
    port,
    shutdown: async () => {
      await child.stop('SIGTERM', STOP_MS_MAX)
    },
  }
}

/** Waits until it answers PING with PONG; while it reads its file back it answers LOADING. */
async function untilReady(child: Child, port: number): Promise<void> {
  const deadline = Date.now() + READY_MS_MAX
  let ended: string | undefined
  void child.exited.then((exit) => {
    ended = describeExit(exit, child.lastErrors())
  })
  while (!(await pings(port))) {
    if (ended !== undefined) throw new Error(`${child.name} on port ${port} ${ended}`)
    if (Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`${child.name} on port ${port} was not ready after ${READY_MS_MAX} ms`)
    }
    await wait(PROBE_EVERY_MS)
  }
}

/** One PING over a plain socket: no client is needed to know that a server is there. */
export function pings(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
    const answer = (isReady: boolean) => {
      socket.destroy()
      resolve(isReady)
    }
    socket.setTimeout(PROBE_MS_MAX, () => answer(false))
    socket.once('error', () => answer(false))
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (bytes) => answer(bytes.toString().startsWith('+PONG')))
  })
}
