/** A whole market of real processes for tests and benches: servers of its own, free ports, data in a
 *  folder of its own. Two of them side by side do not see each other, and nothing of one is left behind:
 *  `stop` removes its folder, and should its owner be killed, the processes die with it and the next
 *  market sweeps the folder away. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../migrate.ts'
import type { Child } from './child.ts'
import { freePort } from './ports.ts'
import { copyClusterTemplate } from './postgres-template.ts'
import { startPostgres } from './postgres.ts'
import { startRole } from './processes.ts'
import type { Ready, RoleProcess } from './processes.ts'
import { startJournalRedis, startQueueRedis } from './redis.ts'
import { planRoles } from './roles.ts'
import type { MarketShape, RoleSpec, Urls } from './roles.ts'
import { sweepLeftovers, TEMPORARY_PREFIX } from './leftovers.ts'

export interface MarketOptions {
  /** 1 when not said, as for each of the others. */
  readonly engines?: number
  readonly snapshotEngine?: boolean
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

export type ServerName = 'postgres' | 'journal-redis' | 'queue-redis'

interface Running extends Child {
  shutdown(): Promise<void>
  /** What a program said when it was ready; null for a server. */
  readonly said: Ready | null
}

export interface Market {
  readonly dataDir: string
  readonly databaseUrl: string
  readonly journalUrl: string
  readonly queueUrl: string
  readonly operatorPassword: string
  /** Of the first gateway. */
  readonly baseUrl: string
  readonly wsUrl: string
  /** Of all gateways. */
  readonly baseUrls: readonly string[]
  readonly wsUrls: readonly string[]
  /** The names of all that runs, servers first: `postgres`, `engine-1`, `gateway-1` … */
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
  const market = new LocalMarket(dataDir, options)
  try {
    return await market.open()
  } catch (error) {
    await market.stop()
    throw error
  }
}

class LocalMarket {
  readonly dataDir: string
  readonly operatorPassword = randomBytes(18).toString('base64url')
  readonly #options: MarketOptions
  readonly #running = new Map<string, Running>()
  /** How to start each again. */
  readonly #starters = new Map<string, (env: NodeJS.ProcessEnv) => Promise<Running>>()
  #gatewayPorts: readonly number[] = []

  constructor(dataDir: string, options: MarketOptions) {
    this.dataDir = dataDir
    this.#options = options
  }

  async open(): Promise<Market> {
    await this.#openServers()
    await migrate(this.#urls().databaseUrl)
    const { engines = 1, snapshotEngine = false, gateways = 1 } = this.#options
    this.#gatewayPorts = await Promise.all(Array.from({ length: gateways }, () => freePort()))
    const shape: MarketShape = {
      engines,
      hasSnapshotEngine: snapshotEngine,
      gatewayPorts: this.#gatewayPorts,
      settlements: this.#options.settlements ?? 1,
      workers: this.#options.workers ?? 1,
    }
    const shared = { ...inherited(), OPERATOR_PASSWORD: this.operatorPassword }
    const specs = planRoles(shape, this.#urls(), { ...shared, ...this.#options.env })
    for (const spec of specs) this.#starters.set(spec.name, (env) => this.#startProgram(spec, env))
    await Promise.all(specs.map(({ name }) => this.start(name)))
    return this.#surface()
  }

  #surface(): Market {
    const baseUrls = this.#gatewayPorts.map((port) => `http://127.0.0.1:${port}`)
    const wsUrls = this.#gatewayPorts.map((port) => `ws://127.0.0.1:${port}/v1/ws`)
    return {
      ...this.#urls(),
      dataDir: this.dataDir,
      operatorPassword: this.operatorPassword,
      baseUrls,
      wsUrls,
      baseUrl: baseUrls[0] ?? '',
      wsUrl: wsUrls[0] ?? '',
      names: [...this.#starters.keys()],
      running: (name) => this.running(name),
      kill: (name, signal) => this.kill(name, signal),
      start: (name, env) => this.start(name, env),
      restart: (name, signal) => this.restart(name, signal),
      stop: () => this.stop(),
    }
  }

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
  const market = new LocalMarket(dataDir, options)
  try {
    return await market.open()
  } catch (error) {
    await market.stop()
    throw error
  }
}

class LocalMarket {
  readonly dataDir: string
  readonly operatorPassword = randomBytes(18).toString('base64url')
  readonly #options: MarketOptions
  readonly #running = new Map<string, Running>()
  /** How to start each again. */
  readonly #starters = new Map<string, (env: NodeJS.ProcessEnv) => Promise<Running>>()
  #gatewayPorts: readonly number[] = []

  constructor(dataDir: string, options: MarketOptions) {
    this.dataDir = dataDir
    this.#options = options
  }

  async open(): Promise<Market> {
    await this.#openServers()
    await migrate(this.#urls().databaseUrl)
    const { engines = 1, snapshotEngine = false, gateways = 1 } = this.#options
    this.#gatewayPorts = await Promise.all(Array.from({ length: gateways }, () => freePort()))
    const shape: MarketShape = {
      engines,
      hasSnapshotEngine: snapshotEngine,
      gatewayPorts: this.#gatewayPorts,
      settlements: this.#options.settlements ?? 1,
      workers: this.#options.workers ?? 1,
    }
    const shared = { ...inherited(), OPERATOR_PASSWORD: this.operatorPassword }
    const specs = planRoles(shape, this.#urls(), { ...shared, ...this.#options.env })
    for (const spec of specs) this.#starters.set(spec.name, (env) => this.#startProgram(spec, env))
    await Promise.all(specs.map(({ name }) => this.start(name)))
    return this.#surface()
  }

  get databaseUrl(): string {
    return this.#databaseUrl
  }
  get journalUrl(): string {
    return this.#journalUrl
  }
  get queueUrl(): string {
    return this.#queueUrl
  }
  get baseUrls(): readonly string[] {
    return this.#gatewayPorts.map((port) => `http://127.0.0.1:${port}`)
  }
  get wsUrls(): readonly string[] {
    return this.#gatewayPorts.map((port) => `ws://127.0.0.1:${port}/v1/ws`)
  }
  get baseUrl(): string {
    return first(this.baseUrls)
  }
  get wsUrl(): string {
    return first(this.wsUrls)
  }
  get names(): readonly string[] {
    return [...this.#starters.keys()]
  }

  running(name: string): Running {
    const running = this.#running.get(name)
    if (running === undefined) throw new Error(`${name} does not run`)
    return running
  }

  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = this.running(name)
    running.kill(signal)
    await running.exited
    this.#running.delete(name)
  }

  async start(name: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const starter = this.#starters.get(name)
    if (starter === undefined)
      throw new Error(`there is no ${name}: ${[...this.#starters.keys()].join(', ')}`)
    const running = await starter(env)
    this.#running.set(name, running)
    void running.exited.then(() => {
      if (this.#running.get(name) === running) this.#running.delete(name)
    })
  }

  async restart(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#running.has(name)) await this.kill(name, signal)
    await this.start(name)
  }

  /** Nothing here is worth a clean end, so nobody waits for one. */
  async stop(): Promise<void> {
    const all = [...this.#running.values()]
    for (const running of all) running.kill('SIGKILL')
    await Promise.all(all.map(({ exited }) => exited))
    if (this.#options.isKept === true) process.stdout.write(`kept: ${this.dataDir}\n`)
    else rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 })
  }

  async #openServers(): Promise<void> {
    const [postgresPort, journalPort, queuePort] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
    ])
    const postgresDir = join(this.dataDir, 'postgres')
    await copyClusterTemplate(postgresDir)
    const journal = { dataDir: join(this.dataDir, 'journal'), port: journalPort }
    const settings = this.#options.journalSettings ?? {}
    this.#starters.set('postgres', () =>
      server(startPostgres({ dataDir: postgresDir, port: postgresPort })),
    )
    this.#starters.set('journal-redis', () => server(startJournalRedis({ ...journal, settings })))
    this.#starters.set('queue-redis', () =>
      server(startQueueRedis({ dataDir: join(this.dataDir, 'queue'), port: queuePort })),
    )
    await Promise.all([...this.#starters.keys()].map((name) => this.start(name)))
  }

  #urls(): Urls {
    return {
      databaseUrl: this.#urlOf('postgres'),
      journalUrl: this.#urlOf('journal-redis'),
      queueUrl: this.#urlOf('queue-redis'),
    }
  }

  #urlOf(name: ServerName): string {
    const running = this.running(name)
    if (!('url' in running) || typeof running.url !== 'string')
      throw new Error(`${name} has no url`)
    return running.url
  }

  async #startProgram(spec: RoleSpec, more: NodeJS.ProcessEnv): Promise<Running> {
    const { envOf = {} } = this.#options
    const program: RoleProcess = await startRole({
      ...spec,
      env: { ...spec.env, ...envOf[spec.role], ...envOf[spec.name], ...more },
      logDir: join(this.dataDir, 'log'),
    })
    return { ...program, said: await program.ready }
  }
}

/** What a program needs from ours to run at all; no setting of ours leaks into a test. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR, NODE_ENV: 'production' }
}

async function server<Server extends Child & { shutdown(): Promise<void> }>(
  starting: Promise<Server>,
): Promise<Server & { said: null }> {
  return { ...(await starting), said: null }
}
