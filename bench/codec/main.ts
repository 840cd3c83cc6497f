/** `codec`: how commands and events are packed and read, by the functions derived from the declarations
 *  and by functions written by hand, in ns each. The two take turns, so that a noisy moment meets both. */
import { compile } from '../../engine/compile.ts'
import { COMMAND_FORMS, EVENT_FORMS } from '../../engine/journal/codec.ts'
import { assert, SCHEMA_VERSION } from '../../schema/index.ts'
import { median } from '../result.ts'
import type { BenchResult } from '../result.ts'
import {
  packCommand,
  packEvent,
  readCommand,
  readCommandChecked,
  readEvent,
  readEventChecked,
} from './by-hand.ts'
import { makeCommands, makeEvents } from './stream.ts'

const MESSAGES = 20_000
const ROUNDS = 15
const REPETITIONS = 21
const WARM_UP = 5
/** About as many as an entry under load. */
const KEPT = 256
const SEED = 11

export function run(): Promise<BenchResult> {
  const commands = makeCommands(MESSAGES, SEED)
  const events = makeEvents(MESSAGES, SEED)
  const measured = {
    commandPack: compare(commands, {
      declared: COMMAND_FORMS.packer(SCHEMA_VERSION),
      byHand: packCommand,
    }),
    commandRead: compare(commands.map(packCommand), {
      declared: COMMAND_FORMS.reader(SCHEMA_VERSION),
      byHand: readCommandChecked,
      unchecked: readCommand,
    }),
    eventPack: compare(events, {
      declared: EVENT_FORMS.packer(SCHEMA_VERSION),
      byHand: packEvent,
    }),
    eventRead: compare(events.map(packEvent), {
      declared: EVENT_FORMS.reader(SCHEMA_VERSION),
      byHand: readEventChecked,
      unchecked: readEvent,
    }),
  }
  const row = (what: string, { declaredNs, byHandNs, ratio, uncheckedNs }: Compared) => [
    what,
    declaredNs.toFixed(1),
    byHandNs.toFixed(1),
    ratio.toFixed(2),
    uncheckedNs === null ? '' : uncheckedNs.toFixed(1),
  ]
  return Promise.resolve({
    subject: 'codec',
    json: { ...measured, repetitions: REPETITIONS },
    table: [
      ['what', 'declared ns', 'by hand ns', 'ratio', 'by hand, unchecked ns'],
      row('command → tuple', measured.commandPack),
      row('tuple → command', measured.commandRead),
      row('event → tuple', measured.eventPack),
      row('tuple → event', measured.eventRead),
    ],
    notes: [
      `Medians of ${REPETITIONS} turns over ${MESSAGES * ROUNDS} messages of a busy market's mix (seed ${SEED});`,
      'the ratio is the median of the ratios of neighbouring turns, below 1: the declared ones are faster.',
      'Readers check every field; the last column is what reading costs when only the parts are counted.',
    ],
  })
}

interface Compared {
  readonly declaredNs: number
  readonly byHandNs: number
  readonly ratio: number
  readonly uncheckedNs: number | null
}

interface Contestants<From> {
  readonly declared: (message: From) => unknown
  readonly byHand: (message: From) => unknown
  readonly unchecked?: (message: From) => unknown
}

/** Who comes first changes with each turn: the first pays for the garbage of the one before. */
function compare<From>(messages: readonly From[], contestants: Contestants<From>): Compared {
  const all = Object.entries(contestants).map(([name, work]) => {
    return { name, work, time: timer<From>(), ns: [] as number[] }
  })
  for (const { work } of all)
    assert(same(messages, contestants.byHand, work), 'all of them say the same')
  for (let turn = 0; turn < WARM_UP + REPETITIONS; turn++)
    for (const one of turn % 2 === 0 ? all : all.toReversed()) {
      const took = one.time(messages, one.work)
      if (turn >= WARM_UP) one.ns.push(took)
    }
  const nsOf = (name: keyof Contestants<From>) => all.find((one) => one.name === name)?.ns ?? []
  const byHand = nsOf('byHand')
  const ratios = nsOf('declared').map((ns, turn) => ns / (byHand[turn] ?? Number.NaN))
  return {
    declaredNs: median(nsOf('declared')),
    byHandNs: median(byHand),
    ratio: median(ratios),
    uncheckedNs: contestants.unchecked === undefined ? null : median(nsOf('unchecked')),
  }
}

function same<From>(
  messages: readonly From[],
  one: (message: From) => unknown,
  other: (message: From) => unknown,
): boolean {
  return messages.every((m) => JSON.stringify(one(m)) === JSON.stringify(other(m)))
}

type Timer<From> = (messages: readonly From[], work: (message: From) => unknown) => number

/** A loop of its own for each contestant, down to its source: in a shared one the first that comes would be
 *  inlined and the second called. Every result is kept for a while, as in life: what nobody keeps is never made. */
let timers = 0

function timer<From>(): Timer<From> {
  return compile<Timer<From>>(
    `(messages, work) => {
      // loop ${timers++}
      const made = new Array(${KEPT}).fill(null)
      const begin = performance.now()
      for (let round = 0; round < ${ROUNDS}; round++)
        for (let index = 0; index < messages.length; index++)
          made[index % ${KEPT}] = work(messages[index])
      const tookMs = performance.now() - begin
      if (made.includes(null)) throw new Error('nothing was made')
      return (tookMs * 1e6) / (messages.length * ${ROUNDS})
    }`,
    {},
  )
}
