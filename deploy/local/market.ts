/** A whole market of real processes for tests and benches: servers of its own, free ports, data in a
 *  folder of its own. Two of them side by side do not see each other, and nothing of one is left behind:
 *  `stop` removes its folder, and should its owner be killed, the processes die with it and the next
 *  market sweeps the folder away. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../migrate.ts'
import { joinJournal } from './join.ts'
import { sweepLeftovers, TEMPORARY_PREFIX } from './leftovers.ts'
import { freePort } from './ports.ts'
import { copyClusterTemplate } from './postgres-template.ts'
import { startPostgres } from './postgres.ts'
import { ProcessTable } from './process-table.ts'
import type { Running } from './process-table.ts'
import { startRole } from './processes.ts'
import { startJournalRedis, startQueueRedis } from './redis.ts'
import { asUser } from './redis-user.ts'
import { planRoles } from './roles.ts'
import type { RoleSpec, Urls } from './roles.ts'

export interface MarketOptions {
  /** 1 when not said, as for each of the others. */
  readonly engines?: number
  readonly gateways?: number
  readonly settlements?: number
  readonly workers?: number
  /** More environment for every program. */
  readonly env?: NodeJS.ProcessEnv
  /** More environment for some: by role, or by name. */
  readonly envOf?: Readonly<Record<string, NodeJS.ProcessEnv>>
  /** For breaking a claim on purpose: settings of the journal Redis that win over the right ones. */
  readonly journalSettings?: Readonly<Record<string, string>>
  /** Keep the folder after `stop`, and say where it is. */
  readonly isKept?: boolean
}

export interface Market extends Urls {
  readonly dataDir: string
  /** Of the operator and the reviewers. */
  readonly staffPassword: string
  /** Of the first gateway. */
  readonly baseUrl: string
  readonly wsUrl: string
  /** Of all gateways. */
  readonly baseUrls: readonly string[]
  readonly wsUrls: readonly string[]
  /** The names of all its parts, servers first: `postgres`, `journal-redis`, `engine-1` … */
  readonly names: readonly string[]
  /** Throws when it does not run. */
  running(name: string): Running
  /** Sends a signal (SIGKILL when not said) and waits until it has ended. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>
  /** Starts what has ended, on the same port and data, with `env` added. */
  start(name: string, env?: NodeJS.ProcessEnv): Promise<void>
  /** Kills it if it runs, then starts it. */
  restart(name: string, signal?: NodeJS.Signals): Promise<void>
  stop(): Promise<void>
}

/** Starts a market and waits until all of it is at work. */
export async function startMarket(options: MarketOptions = {}): Promise<Market> {
  sweepLeftovers()
  const dataDir = mkdtempSync(join(tmpdir(), `${TEMPORARY_PREFIX}${process.pid}-`))
  const table = new ProcessTable()
  // Nothing here is worth a clean end, so nobody waits for one.
  const stop = async (): Promise<void> => {
    await table.killAll()
    if (options.isKept === true) process.stdout.write(`kept: ${dataDir}\n`)
    else rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    return { ...(await openMarket(dataDir, table, options)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function openMarket(
  dataDir: string,
  table: ProcessTable,
  options: MarketOptions,
): Promise<Omit<Market, 'stop'>> {
  const urls = await openServers(dataDir, table, options.journalSettings ?? {})
  await migrate(urls.databaseUrl)
  await joinJournal(urls, options.env?.['MARKET'] ?? 'demo')
  const staffPassword = randomBytes(18).toString('base64url')
  const { gateways = 1 } = options
  const ports = await Promise.all(Array.from({ length: gateways }, () => freePort()))
  await openPrograms(dataDir, table, options, ports, urls, staffPassword)
  const baseUrls = ports.map((port) => `http://127.0.0.1:${port}`)
  const wsUrls = ports.map((port) => `ws://127.0.0.1:${port}/v1/ws`)
  return {
    ...urls,
    dataDir,
    staffPassword,
    baseUrls,
    wsUrls,
    baseUrl: baseUrls[0] ?? '',
    wsUrl: wsUrls[0] ?? '',
    names: table.names(),
    running: (name) => table.running(name),
    kill: (name, signal) => table.kill(name, signal),
    start: (name, env) => table.start(name, env),
    restart: (name, signal) => table.restart(name, signal),
  }
}

async function openServers(
  dataDir: string,
  table: ProcessTable,
  settings: Readonly<Record<string, string>>,
): Promise<Urls> {
  const place = async (name: string) => ({
    dataDir: join(dataDir, name),
    port: await freePort(),
  })
  const postgres = await place('postgres')
  const journal = await place('journal')
  const queue = await place('queue')
  await copyClusterTemplate(postgres.dataDir)
  const [database, journalServer, queueServer] = await Promise.all([
    table.addServer('postgres', () => startPostgres(postgres)),
    table.addServer('journal-redis', () => startJournalRedis({ ...journal, settings })),
    table.addServer('queue-redis', () => startQueueRedis(queue)),
  ])
  return {
    databaseUrl: database.url,
    journalUrl: journalServer.url,
    queueUrl: queueServer.url,
    journalAs: (user) => asUser(journalServer.url, journal.dataDir, user),
    queueAs: (user) => asUser(queueServer.url, queue.dataDir, user),
  }
}

async function openPrograms(
  dataDir: string,
  table: ProcessTable,
  options: MarketOptions,
  gatewayPorts: readonly number[],
  urls: Urls,
  staffPassword: string,
): Promise<void> {
  const { engines = 1, settlements = 1, workers = 1 } = options
  const shape = { engines, gatewayPorts, settlements, workers }
  const staff = { OPERATOR_PASSWORD: staffPassword, REVIEWER_PASSWORD: staffPassword }
  const shared = { ...inherited(), ...staff, ...options.env }
  const startProgram = async (spec: RoleSpec, more: NodeJS.ProcessEnv): Promise<Running> => {
    const { envOf = {} } = options
    const env = { ...spec.env, ...envOf[spec.role], ...envOf[spec.name], ...more }
    const program = await startRole({ ...spec, env, logDir: join(dataDir, 'log') })
    return { ...program, said: await program.ready }
  }
  const specs = planRoles(shape, urls, shared)
  const starts = specs.map((spec) => table.add(spec.name, (env) => startProgram(spec, env)))
  // All of them have to be in the table before a failure stops what is there.
  await Promise.allSettled(starts)
  await Promise.all(starts)
}

/** What a program needs from ours to run at all; no setting of ours leaks into a test. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR, NODE_ENV: 'production' }
}
