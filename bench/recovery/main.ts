/** Recovery: what a snapshot of a large market costs an engine that answers callers, and how soon another engine
 *  stands where it was taken. The peer is the former way, in the same process: all packed in one go. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort, startJournalRedis } from '../../deploy/local/index.ts'
import { dumpState, loadStateAt, SnapshotCut } from '../../engine/index.ts'
import {
  connectJournal,
  loadSnapshot,
  packChunks,
  saveSnapshot,
} from '../../engine/journal/index.ts'
import type { Journal, SnapshotHead } from '../../engine/journal/index.ts'
import { packInSlices } from '../../engine/replica/snapshot-slices.ts'
import { median } from '../result.ts'
import type { BenchResult } from '../result.ts'
import { LargeMarket, SIZE } from './market.ts'
import { waitsDuring } from './waits.ts'
import type { Waits } from './waits.ts'

const SEED = 7
const REPETITIONS = 3
const EVERY_MS = 5
const COMMANDS_PER_ENTRY = 25
const QUIET_MS = 10_000

interface Taken {
  readonly head: SnapshotHead
  readonly waits: Waits
  readonly slicesMs: readonly number[]
  readonly beginMs: number
  readonly endMs: number
  readonly writeSeconds: number
}

export async function run(): Promise<BenchResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lendbook-recovery-'))
  const redis = await startJournalRedis({ dataDir, port: await freePort() })
  const journal = await connectJournal({ url: redis.url, market: 'recovery' })
  try {
    return await measure(journal)
  } finally {
    await journal.close()
    redis.kill('SIGTERM')
    await redis.exited
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function measure(journal: Journal): Promise<BenchResult> {
  const { buildSeconds, quiet, taken, atOnceMs } = await takeAll(journal)
  const loads: number[] = []
  const head = taken.at(-1)?.head
  for (let repetition = 0; repetition < REPETITIONS && head !== undefined; repetition++)
    loads.push(await secondsOf(async () => loadStateAt(await loadSnapshot(journal, head), head)))
  return resultOf({ buildSeconds, quiet, taken, atOnceMs, loads })
}

/** The market is forgotten at the end: loading needs its memory. */
async function takeAll(journal: Journal) {
  const market = new LargeMarket(SEED)
  const buildSeconds = await secondsOf(() => Promise.resolve(market.build()))
  const during = (work: () => Promise<void>) =>
    waitsDuring(EVERY_MS, () => market.applyNext(COMMANDS_PER_ENTRY), work)
  // So that what follows is compiled, and the memory is as it stays.
  await during(() => wait(QUIET_MS / 2))
  const quiet = await during(() => wait(QUIET_MS))
  const taken: Taken[] = []
  const atOnceMs: number[] = []
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    taken.push(await takeInSlices(journal, market, during))
    const startMs = performance.now()
    const packed = [...packChunks(dumpState(market.state))]
    atOnceMs.push(packed.length === 0 ? Number.NaN : performance.now() - startMs)
  }
  return { buildSeconds, quiet, taken, atOnceMs }
}

async function takeInSlices(
  journal: Journal,
  { state }: LargeMarket,
  during: (work: () => Promise<void>) => Promise<Waits>,
): Promise<Taken> {
  const slicesMs: number[] = []
  const { signal } = new AbortController()
  let [beginMs, endMs] = [0, 0]
  let head: SnapshotHead | null = null
  let writeSeconds = 0
  const waits = await during(async () => {
    const startMs = performance.now()
    const cut = new SnapshotCut(state)
    beginMs = performance.now() - startMs
    const chunks = packInSlices(cut, signal, (sliceMs) => slicesMs.push(sliceMs))
    writeSeconds = await secondsOf(async () => {
      head = await saveSnapshot(journal, chunks, cut)
    })
    const doneMs = performance.now()
    cut.end()
    endMs = performance.now() - doneMs
  })
  if (head === null) throw new Error('a snapshot was saved')
  return { head, waits, slicesMs: slicesMs.sort((a, b) => a - b), beginMs, endMs, writeSeconds }
}

interface Measured {
  readonly buildSeconds: number
  readonly quiet: Waits
  readonly taken: readonly Taken[]
  readonly atOnceMs: readonly number[]
  readonly loads: readonly number[]
}

function resultOf({ buildSeconds, quiet, taken, atOnceMs, loads }: Measured): BenchResult {
  const of = (figure: (one: Taken) => number) => rounded(median(taken.map(figure)))
  const worst = (figure: (one: Taken) => number) => rounded(Math.max(...taken.map(figure)))
  const longest = ({ slicesMs, beginMs, endMs }: Taken) =>
    Math.max(beginMs, endMs, slicesMs.at(-1) ?? 0)
  const at = (part: number) => (one: Taken) =>
    one.slicesMs[Math.floor(part * (one.slicesMs.length - 1))] ?? 0
  const slice = { p50Ms: of(at(0.5)), p99Ms: of(at(0.99)), p999Ms: of(at(0.999)) }
  const sliceMsMax = worst(longest)
  const waitsOf = (name: 'entryMs' | 'loopMs') => ({
    quiet: triple((percentile) => quiet[name](percentile)),
    during: triple((percentile) => of(({ waits }) => waits[name](percentile))),
  })
  const entry = waitsOf('entryMs')
  const loop = waitsOf('loopMs')
  const sizeBytes = median(taken.map(({ head }) => head.sizeBytes))
  const begin = worst(({ beginMs }) => beginMs)
  const end = worst(({ endMs }) => endMs)
  const peerMs = rounded(median(atOnceMs))
  const writeSeconds = of((one) => one.writeSeconds)
  const loadSeconds = rounded(median(loads))
  return {
    subject: 'recovery',
    json: {
      ...SIZE,
      slice: { ...slice, maxMs: sliceMsMax, beginMsMax: begin, endMsMax: end },
      entryWaitMs: entry,
      eventLoopDelayMs: loop,
      peer: { name: 'packed at once', stopMs: peerMs },
      sizeBytes,
      chunks: median(taken.map(({ head }) => head.chunks)),
      writeSeconds,
      loadSeconds,
      repetitions: REPETITIONS,
    },
    table: [
      ['ms', 'p50', 'p99', 'p99.9', 'longest'],
      [
        'stop for one slice',
        text(slice.p50Ms),
        text(slice.p99Ms),
        text(slice.p999Ms),
        text(sliceMsMax),
      ],
      ['stop at the beginning', '', '', '', text(begin)],
      ['stop at the end', '', '', '', text(end)],
      ['the peer: packed at once', '', '', '', text(peerMs)],
      ['an entry waits, no snapshot', ...entry.quiet.map(text)],
      ['an entry waits, snapshot being taken', ...entry.during.map(text)],
      ['event loop late, no snapshot', ...loop.quiet.map(text)],
      ['event loop late, snapshot being taken', ...loop.during.map(text)],
      [`written, ${Math.round(sizeBytes / 1e6)} MB (s)`, text(writeSeconds)],
      ['read and loaded (s)', text(loadSeconds)],
    ],
    notes: [
      `${SIZE.keys.toLocaleString('en')} keys, ${SIZE.bids.toLocaleString('en')} open bids, ${SIZE.accounts.toLocaleString('en')} accounts, ${SIZE.listings.toLocaleString('en')} listings, seed ${SEED}; built in ${Math.round(buildSeconds)} s.`,
      `Load: an entry of ${COMMANDS_PER_ENTRY} commands every ${EVERY_MS} ms, an open loop: half bids, else cancels, amendments, deposits.`,
      `The engine, its load and the Redis that is written to on this machine. Median of ${REPETITIONS} snapshots; the longest slice and the`,
      'stops at both ends are the longest of all. What the machine takes away from the process is counted as a stop.',
    ],
  }
}

function triple(at: (percentile: number) => number): readonly number[] {
  return [50, 99, 99.9, 100].map((percentile) => rounded(at(percentile)))
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return (performance.now() - startMs) / 1e3
}

function text(value: number): string {
  return String(value)
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
