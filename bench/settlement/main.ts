/** Settlement alone: a journal made beforehand, drained by the real process as fast as it can, against
 *  plain transactions on the same server in turns; then 10,000 bids a second for ten seconds, and how
 *  far behind the journal it is. */
import { setTimeout as wait } from 'node:timers/promises'
import { startMarket } from '../../deploy/local/index.ts'
import type { Market } from '../../deploy/local/index.ts'
import { connectPostgres } from '../../engine/host/index.ts'
import type { Postgres } from '../../engine/host/index.ts'
import { connectJournal } from '../../engine/journal/index.ts'
import { checkLedger } from '../../workers/settlement/check-ledger.ts'
import { readCursor } from '../../workers/settlement/cursor.ts'
import { median } from '../result.ts'
import type { BenchResult } from '../result.ts'
import { LagMeter } from './lag.ts'
import { PLAIN, preparePlain, runPlain } from './plain.ts'
import { Stream } from './stream.ts'

const SEED = 7
const REPETITIONS = 3
const DRAIN = { rounds: 64, entriesAtOnce: 16, commandsPerEntry: 100 }
const PLAIN_MS = 4_000
const PACED = { perSecond: 10_000, tickMs: 4, warmUpMs: 2_000, durationMs: 12_000 }
const SETTLER = 'settlement-1'

interface Drained {
  readonly transfersPerSecond: number
  readonly bidsPerSecond: number
}

export async function run(): Promise<BenchResult> {
  const market = await startMarket({ engines: 0, gateways: 0, workers: 0 })
  const postgres = await connectPostgres({ url: market.databaseUrl, max: 3 })
  const journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
  try {
    const stream = new Stream(journal, SEED)
    await stream.open()
    return await measure(market, postgres, stream)
  } finally {
    await journal.close()
    await postgres.close()
    await market.stop()
  }
}

async function measure(market: Market, postgres: Postgres, stream: Stream): Promise<BenchResult> {
  await preparePlain(market.databaseUrl)
  const drained: Drained[] = []
  const plain = { on: [] as number[], off: [] as number[] }
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    drained.push(await drain(market, postgres, stream))
    plain.on.push(await runPlain(market.databaseUrl, PLAIN_MS, 'on'))
    plain.off.push(await runPlain(market.databaseUrl, PLAIN_MS, 'off'))
  }
  const meter = await paced(market, stream)
  const findings = await checkLedger(postgres.pool)
  const faults = findings.filter(({ holds }) => !holds).map(({ invariant }) => invariant)
  return result(drained, plain, meter, faults)
}

/** Fills the journal while settlement is away, then times it from its first commit to its last. */
async function drain(market: Market, postgres: Postgres, stream: Stream): Promise<Drained> {
  await market.kill(SETTLER, 'SIGTERM')
  const bidsBefore = stream.bids
  for (let round = 0; round < DRAIN.rounds; round++)
    await stream.run(DRAIN.entriesAtOnce, DRAIN.commandsPerEntry)
  const before = await settledNow(postgres)
  await market.start(SETTLER)
  let first = before
  while (first.sequence === before.sequence) {
    await wait(5)
    first = await settledNow(postgres)
  }
  let last = first
  while (last.sequence < stream.sequence) {
    await wait(10)
    last = await settledNow(postgres)
  }
  const seconds = (last.atMs - first.atMs) / 1000
  const share = (last.sequence - first.sequence) / (last.sequence - before.sequence)
  return {
    transfersPerSecond: (await countTransfers(postgres, first, last)) / seconds,
    bidsPerSecond: ((stream.bids - bidsBefore) * share) / seconds,
  }
}

interface Settled {
  readonly sequence: number
  readonly atMs: number
}

/** Asks for nothing that gets dearer while a batch is being written. */
async function settledNow({ pool }: Postgres): Promise<Settled> {
  const { sequence } = await readCursor(pool, 'settled')
  return { sequence, atMs: performance.now() }
}

async function countTransfers({ pool }: Postgres, from: Settled, to: Settled): Promise<number> {
  const { rows } = await pool.query<{ transfers: number }>(
    'select count(*) as transfers from transfer where sequence > $1 and sequence <= $2',
    [from.sequence, to.sequence],
  )
  return rows[0]?.transfers ?? 0
}

/** Open loop: a late tick is made up for, so a slow moment costs lag and not load. */
async function paced(market: Market, stream: Stream): Promise<LagMeter> {
  const meter = new LagMeter(market.databaseUrl, stream.sequence)
  await meter.start()
  const commands = (PACED.perSecond * PACED.tickMs) / 1000
  const startedAt = performance.now()
  const ticks = (PACED.warmUpMs + PACED.durationMs) / PACED.tickMs
  for (let tick = 0; tick < ticks; tick++) {
    const dueAt = startedAt + tick * PACED.tickMs
    const earlyMs = dueAt - performance.now()
    if (earlyMs > 0) await wait(earlyMs)
    const isWarm = tick * PACED.tickMs >= PACED.warmUpMs
    for (const { sequence, atMs } of await stream.run(1, commands))
      if (isWarm) meter.stamp(sequence, atMs)
  }
  while (meter.settled() < stream.sequence) await wait(10)
  await meter.stop()
  return meter
}

function result(
  drained: readonly Drained[],
  plain: { readonly on: readonly number[]; readonly off: readonly number[] },
  meter: LagMeter,
  faults: readonly string[],
): BenchResult {
  const transfersPerSecond = median(drained.map((one) => one.transfersPerSecond))
  const bidsPerSecond = median(drained.map((one) => one.bidsPerSecond))
  const plainOn = median(plain.on)
  const plainOff = median(plain.off)
  const { recorded, settled } = meter.lag
  const lag = (of: typeof settled, percentile: number) => of.getValueAtPercentile(percentile)
  return {
    subject: 'settlement',
    json: {
      transfersPerSecond: Math.round(transfersPerSecond),
      bidsPerSecond: Math.round(bidsPerSecond),
      plainPerSecond: Math.round(plainOn),
      plainAsyncPerSecond: Math.round(plainOff),
      ratioToPlain: rounded(transfersPerSecond / plainOn),
      ratioToPlainAsync: rounded(transfersPerSecond / plainOff),
      openLoopBidsPerSecond: PACED.perSecond,
      lagP50Ms: lag(settled, 50),
      lagP99Ms: lag(settled, 99),
      lagMaxMs: settled.maxValue,
      recordedLagP50Ms: lag(recorded, 50),
      recordedLagP99Ms: lag(recorded, 99),
      faults: faults.length,
    },
    table: [
      ['', 'a second', 'of plain'],
      ['transfers, settled', count(transfersPerSecond), ''],
      ['bids, settled', count(bidsPerSecond), ''],
      ['plain, durable', count(plainOn), `${rounded(transfersPerSecond / plainOn)} ×`],
      ['plain, not durable', count(plainOff), `${rounded(transfersPerSecond / plainOff)} ×`],
      [`at ${count(PACED.perSecond)} bids a second`, 'p50 ms', 'p99 ms'],
      ['journal to record', String(lag(recorded, 50)), String(lag(recorded, 99))],
      ['journal to ledger', String(lag(settled, 50)), String(lag(settled, 99))],
    ],
    notes: [
      `Settled: median of ${REPETITIONS} runs over ${DRAIN.rounds * DRAIN.entriesAtOnce} entries of ${DRAIN.commandsPerEntry} commands, by the real process, bid, outcome and`,
      `read rows included; first recorded durably, then posted. Transfers of each run: ${drained.map((one) => count(one.transfersPerSecond)).join(', ')} a second.`,
      `Plain, in turns with it: ${PLAIN}; synchronous_commit on, and off.`,
      `Lag: from the journal's stamp to the commit heard by LISTEN, ${PACED.durationMs / 1000} s open loop, one entry every ${PACED.tickMs} ms.`,
      faults.length === 0
        ? 'The ledger was checked afterwards and is whole.'
        : `FAULTS: ${faults.join('; ')}`,
    ],
  }
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
