/** The pipeline: from a WebSocket to a durable acknowledgement and back, every process of a market and
 *  the load itself on this one machine. At the end the ledger is asked for each acknowledged bid. */
import type { Histogram } from 'hdr-histogram-js'
import { startMarket } from '../../test/harness/market.ts'
import type { TestMarket } from '../../test/harness/market.ts'
import type { Client } from '../../gateway/client/node.ts'
import { accountId } from '../../schema/unit.ts'
import { median } from '../result.ts'
import type { BenchResult } from '../result.ts'
import { countLost, untilSettled } from './ledger.ts'
import { OpenListings } from './listings.ts'
import { pace, saturate } from './load.ts'
import type { Heard, Throughput } from './load.ts'
import { PlainAppends } from './plain.ts'

const SEED = 20_261_125
const INVESTORS = 16
const DEPOSIT_MINOR = 50_000_000_000
const REPETITIONS = 3
const SATURATED_MS = 4_000
/** Of each shape: a program that has just been started is still being compiled. */
const WARM_UP_MS = 3_000
const OPEN_LOOP = { perSecond: 10_000, warmUpMs: 2_000, durationMs: 10_000 }
const BATCHES = { batch: 100, inFlight: 4, durationMs: SATURATED_MS }
const SINGLES = { batch: 1, inFlight: 64, durationMs: SATURATED_MS }

/** More than the load can use: it is the market that is measured, not its patience. */
const UNLIMITED = {
  RATE_BIDS_PER_SECOND: '1000000',
  RATE_CANCELS_PER_SECOND: '1000000',
  RATE_COMMANDS_PER_SECOND: '1000000',
}

export async function run(): Promise<BenchResult> {
  const market = await startMarket({ engines: 1, gateways: 1, env: UNLIMITED })
  try {
    return await measure(market)
  } finally {
    await market.stop()
  }
}

async function measure(market: TestMarket): Promise<BenchResult> {
  const clients = await Promise.all(Array.from({ length: INVESTORS }, () => investor(market)))
  const borrower = await market.newInvestor()
  const operator = await market.openOperator()
  const warm = new OpenListings(operator.client, accountId(borrower.accountId), SEED)
  const listings = new OpenListings(operator.client, accountId(borrower.accountId), SEED + 1)
  await warm.start()

  await saturate(clients, warm, { ...BATCHES, durationMs: WARM_UP_MS })
  await saturate(clients, warm, { ...SINGLES, durationMs: WARM_UP_MS })
  // What the warm-up has left to be closed and settled is not part of this load.
  await warm.end()
  await untilSettled(market)
  const plain = new PlainAppends(market.journalUrl, INVESTORS)
  const plainPaced = await plain.pace(OPEN_LOOP)
  await listings.start()
  const paced = await pace(clients, listings, OPEN_LOOP)
  const batches: Throughput[] = []
  const singles: Throughput[] = []
  const plainRates: number[] = []
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    batches.push(await saturate(clients, listings, BATCHES))
    singles.push(await saturate(clients, listings, SINGLES))
    plainRates.push(await plain.saturate(SINGLES.inFlight, SINGLES.durationMs))
  }
  listings.stop()
  await plain.stop()

  const heard: readonly Heard[] = [paced, ...batches, ...singles]
  const lost = await countLost(market, heard)
  const rates = (runs: readonly Throughput[]) => runs.map((one) => one.ackedPerSecond)
  const latency = percentiles(paced.histogram)
  const plainLatency = percentiles(plainPaced.histogram)
  return {
    subject: 'pipeline',
    json: {
      ackedPerSecondBatch100: median(rates(batches)),
      ackedPerSecondSingle: median(rates(singles)),
      openLoop: { perSecond: paced.perSecond, ...latency },
      plainPerSecond: median(plainRates),
      ratioToPlain: {
        batch100: ratio(median(rates(batches)), median(plainRates)),
        single: ratio(median(rates(singles)), median(plainRates)),
        p99: ratio(latency.p99Ms, plainLatency.p99Ms),
      },
      plainOpenLoop: { perSecond: plainPaced.perSecond, ...plainLatency },
      acksLost: lost.lost,
      acksChecked: lost.checked,
      unanswered: sum(heard.map((one) => one.unanswered)),
      refused: sum(heard.map((one) => one.refused)),
      settledAfterMs: lost.settledAfterMs,
      repetitions: REPETITIONS,
    },
    table: [
      ['load', 'acknowledged a second', 'least', 'most', 'p50 ms', 'p99 ms', 'p99.9 ms'],
      throughputRow('batches of 100, saturated', rates(batches)),
      throughputRow('single bids, saturated', rates(singles)),
      throughputRow('plain appends, saturated', plainRates),
      latencyRow('single bids, open loop', paced.perSecond, latency),
      latencyRow('plain appends, open loop', plainPaced.perSecond, plainLatency),
    ],
    notes: [
      `${INVESTORS} connections (msgpack) on one gateway, one engine, settlement, workers, Postgres, two Redis and the load on this machine; ${REPETITIONS} repetitions, medians; listings drawn from seed ${SEED}.`,
      `Plain, in turns with it: each bid one durable append to the same Redis, nothing else, over as many connections.`,
      `Latency from the moment a bid was due to its durable acknowledgement, ${OPEN_LOOP.durationMs / 1000} s after ${OPEN_LOOP.warmUpMs / 1000} s of warming up.`,
      `${lost.checked.toLocaleString('en')} acknowledged bids looked up in the ledger, ${lost.lost} lost; all settled ${(lost.settledAfterMs / 1000).toFixed(1)} s after the load ended.`,
    ],
  }
}

async function investor(market: TestMarket): Promise<Client> {
  return (await market.newInvestor({ depositMinor: DEPOSIT_MINOR })).client
}

function ratio(ours: number, plain: number): number {
  return Math.round((ours / plain) * 100) / 100
}

interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
}

function latencyRow(name: string, perSecond: number, latency: Latency): string[] {
  const figures = [latency.p50Ms, latency.p99Ms, latency.p999Ms].map((ms) => ms.toFixed(2))
  return [name, perSecond.toLocaleString('en'), '', '', ...figures]
}

function percentiles(histogram: Histogram) {
  const ms = (percentile: number) =>
    Math.round(histogram.getValueAtPercentile(percentile) / 10) / 100
  return { p50Ms: ms(50), p99Ms: ms(99), p999Ms: ms(99.9), maxMs: ms(100) }
}

function throughputRow(name: string, rates: readonly number[]): string[] {
  const figures = [median(rates), Math.min(...rates), Math.max(...rates)]
  return [name, ...figures.map((rate) => Math.round(rate).toLocaleString('en')), '', '', '']
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
