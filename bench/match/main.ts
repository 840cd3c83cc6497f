/** `match`: the books alone, beside the best-known order book of npm on the same stream, and the whole
 *  of `apply` (keys, holds, digest, events) over the same bids. */
import { median } from '../result.ts'
import type { BenchResult } from '../result.ts'
import { COMMANDS_PER_ENTRY, entriesOf, startEngine } from './apply.ts'
import { ourBooks, peerBooks, peerMisses } from './contestants.ts'
import { measure, measureFresh } from './measure.ts'
import type { Run } from './measure.ts'
import { makeSteps } from './workload.ts'
import type { Step } from './workload.ts'

const STEPS = 200_000
const BOOKS = 200
const REPETITIONS = 5
const SEED = 7

export function run(): Promise<BenchResult> {
  const auction = makeSteps('uniform-auction', BOOKS, STEPS, SEED)
  const fixed = makeSteps('fixed-rate', BOOKS, STEPS, SEED)
  const runs = repeat({
    auction: () => measure(auction, () => ourBooks('uniform-auction', BOOKS)),
    peer: () => measure(auction, () => peerBooks(BOOKS)),
    fixed: () => measure(fixed, () => ourBooks('fixed-rate', BOOKS)),
    auctionApply: () => measureApply('uniform-auction', auction),
    fixedApply: () => measureApply('fixed-rate', fixed),
  })
  const figures = {
    auction: figuresOf(runs.auction),
    peer: figuresOf(runs.peer),
    fixed: figuresOf(runs.fixed),
    auctionApply: figuresOf(runs.auctionApply),
    fixedApply: figuresOf(runs.fixedApply),
  }
  const callsPerStep = 1 + share(auction, (step) => step.displacesMinor > 0)
  const { opsPerSecond, p99Ns } = figures.auction
  return Promise.resolve({
    subject: 'match',
    json: {
      opsPerSecond,
      p99Ns,
      peer: { name: 'nodejs-order-book', ...figures.peer },
      ratio: round(opsPerSecond / figures.peer.opsPerSecond),
      ratioToPeerCalls: round(opsPerSecond / (figures.peer.opsPerSecond * callsPerStep)),
      fixedRate: figures.fixed,
      apply: { uniformAuction: figures.auctionApply, fixedRate: figures.fixedApply },
      repetitions: REPETITIONS,
    },
    table: [
      ['what', 'operations/s', 'p50 ns', 'p99 ns', 'p99.9 ns'],
      row('uniform auction, book alone', figures.auction),
      row('nodejs-order-book 10.1.1, same stream', figures.peer),
      row('fixed rate, book alone', figures.fixed),
      row('uniform auction, all of apply', figures.auctionApply),
      row('fixed rate, all of apply', figures.fixedApply),
    ],
    notes: notesOf(auction, callsPerStep),
  })
}

interface Figures {
  readonly opsPerSecond: number
  readonly p50Ns: number
  readonly p99Ns: number
  readonly p999Ns: number
}

/** Everyone in turn, so that what else the machine does falls on all alike. The first round only warms
 *  up, and counts for nobody. */
function repeat<Name extends string>(
  contestants: Readonly<Record<Name, () => Run>>,
): Record<Name, Run[]> {
  const names = Object.keys(contestants) as Name[]
  const runs = Object.fromEntries(names.map((name): [Name, Run[]] => [name, []]))
  for (let round = 0; round <= REPETITIONS; round++)
    for (const name of names) {
      const run = contestants[name]()
      if (round > 0) (runs as Record<Name, Run[]>)[name].push(run)
    }
  return runs as Record<Name, Run[]>
}

/** An entry is timed whole: its time is shared by its commands. */
function measureApply(mode: 'uniform-auction' | 'fixed-rate', steps: readonly Step[]): Run {
  const { perSecond, percentileNs } = measureFresh(entriesOf(steps), startEngine(mode, BOOKS))
  return {
    perSecond: perSecond * COMMANDS_PER_ENTRY,
    percentileNs: (percentile) => percentileNs(percentile) / COMMANDS_PER_ENTRY,
  }
}

function figuresOf(runs: readonly Run[]): Figures {
  const at = (percentile: number) =>
    Math.round(median(runs.map((run) => run.percentileNs(percentile))))
  return {
    opsPerSecond: Math.round(median(runs.map((run) => run.perSecond))),
    p50Ns: at(50),
    p99Ns: at(99),
    p999Ns: at(99.9),
  }
}

function row(what: string, { opsPerSecond, p50Ns, p99Ns, p999Ns }: Figures): readonly string[] {
  return [
    what,
    ...[opsPerSecond, p50Ns, p99Ns, p999Ns].map((figure) => figure.toLocaleString('en')),
  ]
}

function notesOf(auction: readonly Step[], callsPerStep: number): readonly string[] {
  const cancels = share(auction, (step) => step.isCancel)
  const misses = peerMisses(auction, BOOKS) / (cancels * auction.length)
  return [
    `${STEPS.toLocaleString('en')} steps over ${BOOKS} books, seed ${SEED}: ${percent(cancels)} cancel a bid, ${percent(callsPerStep - 1)}`,
    'displace worse bids, the rest only rest. Median of five runs each after a warm-up, taken in turn.',
    `The peer has two sides: displacing is a matching order and a resting one, ${callsPerStep.toFixed(2)} calls a step.`,
    `At equal rates it matches the earlier bid, so ${percent(misses)} of its cancels find the bid gone.`,
    'Percentiles include some 50 ns of reading the clock; of apply they are an entry of 100, divided.',
  ]
}

function share(steps: readonly Step[], isOne: (step: Step) => boolean): number {
  return steps.filter(isOne).length / steps.length
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`
}

function round(ratio: number): number {
  return Math.round(ratio * 100) / 100
}
