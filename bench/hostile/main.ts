/** Somebody bids at an even pace while somebody else, from another address and in a process of his own, does all he
 *  can to make everybody wait: how much longer the bids take than just before, in the same run. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Histogram } from 'hdr-histogram-js'
import type { Client } from '../../gateway/client/node.ts'
import { startMarket } from '../../test/harness/market.ts'
import type { TestMarket } from '../../test/harness/market.ts'
import { openLoop } from '../pipeline/open-loop.ts'
import { median } from '../result.ts'
import type { BenchResult } from '../result.ts'
import { ATTACKS } from './attacks.ts'
import type { AttackName, Target } from './attacks.ts'

/** In one part of a snapshot, 133 kB. */
const LISTINGS = 500
const PACE = { perSecond: 100, warmUpMs: 1_000, durationMs: 5_000 }
const REPETITIONS = 3
/** Of the market, to be done with what an attack has left. */
const REST_MS = 1_000
const BIDS_PER_LISTING = 9_000
const BID_MINOR = 2_500
const GOAL = 2

interface Measured {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

interface Attacked extends Measured {
  readonly sentPerSecond: number
  readonly ratio: number
}

export async function run(): Promise<BenchResult> {
  const market = await startMarket()
  try {
    return await measure(market)
  } finally {
    await market.stop()
  }
}

async function measure(market: TestMarket): Promise<BenchResult> {
  const bidder = await Bidder.open(market)
  const names = Object.keys(ATTACKS) as AttackName[]
  await bidder.bid()
  const quiet: Measured[] = []
  const attacked = new Map<AttackName, Attacked[]>(names.map((name) => [name, []]))
  let addresses = 0
  for (let round = 0; round < REPETITIONS; round++)
    for (const [name, measured] of attacked) {
      const before = await bidder.bid()
      const { baseUrl, wsUrl } = market
      const attacker = startAttacker(name, {
        baseUrl,
        wsUrl,
        // Of the whole loopback network: each time one that has asked for nothing yet.
        localAddress: `127.0.9.${++addresses}`,
      })
      const during = await bidder.bid()
      const sentPerSecond = await attacker.stop()
      quiet.push(before)
      measured.push({ ...during, sentPerSecond, ratio: during.p99Ms / before.p99Ms })
      await sleep(REST_MS)
    }
  return told(quiet, attacked, bidder.failed)
}

/** One person with one connection, who bids on and on. */
class Bidder {
  readonly #client: Client
  readonly #listings: readonly number[]
  #sent = 0
  /** Bids without an answer, or with another one than that they were taken. */
  failed = 0

  private constructor(client: Client, listings: readonly number[]) {
    this.#client = client
    this.#listings = listings
  }

  static async open(market: TestMarket): Promise<Bidder> {
    const { client } = await market.newInvestor({ depositMinor: 900_000_000 })
    const borrowerId = (await market.newInvestor()).accountId
    const amountMinor = 10_000 * BID_MINOR
    const open = () => market.openListing({ amountMinor, borrowerId, openMs: 3_600_000 })
    return new Bidder(client, await Promise.all(Array.from({ length: LISTINGS }, open)))
  }

  async bid(): Promise<Measured> {
    const { histogram } = await openLoop([() => this.#bid()], PACE)
    return figuresOf(histogram)
  }

  async #bid(): Promise<void> {
    const listingId = this.#listings[Math.floor(this.#sent++ / BIDS_PER_LISTING)] ?? 0
    try {
      await this.#client.placeBid({ listingId, amountMinor: BID_MINOR, ratePpm: 100_000 })
    } catch {
      this.failed++
    }
  }
}

function startAttacker(name: AttackName, target: Target): { stop(): Promise<number> } {
  const program = fileURLToPath(new URL('attacker.js', import.meta.url))
  const child = spawn(process.execPath, [program, name, JSON.stringify(target)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const startedAt = performance.now()
  let said = ''
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
  return {
    stop: async () => {
      child.stdin.end()
      await once(child, 'exit')
      return Math.round((1_000 * Number(said)) / (performance.now() - startedAt))
    },
  }
}

function figuresOf(histogram: Histogram): Measured {
  const ms = (percentile: number) =>
    Math.round(histogram.getValueAtPercentile(percentile) / 10) / 100
  return { p50Ms: ms(50), p99Ms: ms(99), maxMs: ms(100) }
}

function told(
  quiet: readonly Measured[],
  attacked: ReadonlyMap<AttackName, readonly Attacked[]>,
  failed: number,
): BenchResult {
  const calm = middle(quiet)
  const rows = [...attacked].map(([name, measured]) => ({
    name,
    ...middle(measured),
    sentPerSecond: Math.round(median(measured.map((one) => one.sentPerSecond))),
    ratio: Math.round(100 * median(measured.map((one) => one.ratio))) / 100,
  }))
  const ratioMax = Math.max(...rows.map(({ ratio }) => ratio))
  return {
    subject: 'hostile',
    json: {
      quiet: calm,
      attacks: Object.fromEntries(rows.map(({ name, ...figures }) => [name, figures])),
      ratioMax,
      goal: GOAL,
      bidsFailed: failed,
      bidsPerSecond: PACE.perSecond,
      repetitions: REPETITIONS,
    },
    table: [
      ['attack', 'sent a second', 'p50 ms', 'p99 ms', 'most ms', 'p99 to quiet'],
      ['none', '', ...figureCells(calm), ''],
      ...rows.map((row) => [
        row.name,
        row.sentPerSecond.toLocaleString('en'),
        ...figureCells(row),
        row.ratio.toFixed(2),
      ]),
    ],
    notes: [
      `Another person's bids, ${PACE.perSecond} a second, each from when it was due to its durable acknowledgement; ${PACE.durationMs / 1000} s after ${PACE.warmUpMs / 1000} s of the same, ${LISTINGS} listings open; ${REPETITIONS} rounds, medians. ${failed} bids failed.`,
      'The ratio is to the same bids just before each attack. The attacker is one process on this machine at the lowest priority, from an address of its own, new each time, with all that an address may do at once.',
      `The goal is ${GOAL} at most: ${ratioMax <= GOAL ? 'met' : 'not met'}.`,
    ],
  }
}

function figureCells({ p50Ms, p99Ms, maxMs }: Measured): string[] {
  return [p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(2))
}

function middle(measured: readonly Measured[]): Measured {
  const of = (pick: (one: Measured) => number) => Math.round(100 * median(measured.map(pick))) / 100
  return {
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
    maxMs: of((one) => one.maxMs),
  }
}
