/** A market under load, and one fault after the other: what the kill tests are made of. */
import { expect } from 'vitest'
import { startMarket } from '../../deploy/local/index.ts'
import type { Market, MarketOptions } from '../../deploy/local/index.ts'
import { checkMarket, summary } from './checker.ts'
import type { Report } from './checker.ts'
import { Load } from './load.ts'
import type { Felt } from './pulse.ts'
import type { Random } from '../../deploy/random.ts'

/** Snapshots often enough that an engine that comes back begins with one. */
const SNAPSHOTS = { SNAPSHOT_EVERY_ENTRIES: '300', SNAPSHOT_EVERY_MS: '1000' }
/** A job that went down with its queue or its worker is due again soon. */
const JOBS = { OUTBOX_RESEND_MS: '1500' }
/** The load is a few investors who bid for hundreds. */
const RATES = {
  RATE_BIDS_PER_SECOND: '100000',
  RATE_CANCELS_PER_SECOND: '100000',
  RATE_COMMANDS_PER_SECOND: '100000',
  RATE_QUERIES_PER_SECOND: '100000',
  RATE_ANONYMOUS_PER_SECOND: '100000',
  RATE_REGISTRATIONS_PER_SECOND: '100000',
}
/** Answers between two faults: a fraction of a second. */
const ANSWERS_BETWEEN = 400

const SERVERS: ReadonlySet<string> = new Set(['postgres', 'journal-redis', 'queue-redis'])

export interface Ended {
  readonly felt: Felt
  readonly report: Report
}

export class Trial {
  readonly market: Market
  readonly load: Load
  readonly random: Random

  private constructor(market: Market, load: Load, random: Random) {
    this.market = market
    this.load = load
    this.random = random
  }

  /** @param prepare what has to be done before anybody connects: clients stay where they are well */
  static async open(
    random: Random,
    options: MarketOptions,
    load: { readonly investors?: number; readonly bidsPerSecond?: number } = {},
    prepare: (market: Market) => Promise<void> = () => Promise.resolve(),
  ): Promise<Trial> {
    const market = await startMarket({
      ...options,
      env: { ...RATES, ...JOBS, ...SNAPSHOTS, ...options.env },
    })
    try {
      await prepare(market)
      const { investors = 12, bidsPerSecond = 2_000 } = load
      const opened = await Load.open(market, { random, investors, bidsPerSecond })
      return new Trial(market, opened, random)
    } catch (error) {
      await market.stop()
      throw error
    }
  }

  async close(): Promise<void> {
    this.load.close()
    await this.market.stop()
  }

  /** Does `faults` while bids come in, lets the market come to rest and checks it. */
  async underLoad(name: string, faults: () => Promise<void>): Promise<Ended> {
    this.load.start()
    await this.pass()
    this.load.resetPulse()
    await faults()
    await this.pass()
    const felt = this.load.stop()
    // Throws for a part that ended without our doing.
    for (const part of this.market.names) this.market.running(part)
    const report = await checkMarket(this.market, this.load)
    process.stdout.write(`${name}: ${JSON.stringify(felt)} ${summary(report)}\n`)
    return { felt, report }
  }

  /** All at once; then back again, servers first: no program starts without its servers. */
  async killTogether(names: ReadonlySet<string>): Promise<void> {
    const { market } = this
    const servers = [...names].filter((name) => SERVERS.has(name))
    const programs = [...names].filter((name) => !SERVERS.has(name))
    await Promise.all([...names].map((name) => market.kill(name)))
    await Promise.all(servers.map((name) => market.start(name)))
    await Promise.all(programs.map((name) => market.start(name)))
  }

  /** Some bids long. */
  async pass(): Promise<void> {
    await this.load.hears(ANSWERS_BETWEEN)
  }

  /** SIGKILL, and back again as soon as it starts. */
  async killAndRestart(name: string): Promise<void> {
    await this.market.restart(name)
  }
}

/** Another program of the same name, with more environment. */
export async function restartWith(
  market: Market,
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  await market.kill(name)
  await market.start(name, env)
}

/** Generous for two shared cores; what was felt is printed. */
const SILENCE_MS_MAX = 2_000

/** Callers felt a pause, beyond what this machine was late with everything. */
export function expectAPause({ felt }: Ended): void {
  expect(felt.silenceMs).toBeLessThan(SILENCE_MS_MAX + 3 * felt.lateMs)
}

/** Nothing is wrong; what is comes out in words. */
export function expectNothingWrong({ violations }: Report): void {
  expect(violations.slice(0, 10)).toEqual([])
}
