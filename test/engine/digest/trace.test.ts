/** What the digest of the state does not know: the trace over all that was said, the proof over all rows. */
import { expect, test } from 'vitest'
import { digestOf, dumpState, loadState } from '../../../engine/index.ts'
import { createTracers } from '../../../engine/digest/trace-forms.ts'
import { Trace } from '../../../engine/digest/trace.ts'
import { traceOf } from '../../../schema/index.ts'
import { added, count, minorUnits } from '../../../schema/declare/field.ts'
import { event } from '../../../schema/declare/message.ts'
import { Market } from '../market.ts'

type Paid = Readonly<Record<string, unknown>>

const amountMinor = minorUnits('How much.')
const FORMER = event('Paid', { number: 1, about: 'Paid.', fields: { amountMinor } })
const LATER = event('Paid', {
  number: 1,
  about: 'Paid.',
  fields: { amountMinor, times: added(2, count('How often.'), () => 1) },
})

function traced(declared: typeof FORMER | typeof LATER, version: number, paid: Paid): string {
  const trace = new Trace()
  createTracers<Paid>([declared], 2)(version)({ kind: 'Paid', ...paid }, trace)
  return trace.hex()
}

test('a later build traces what was asked by the former version as the former build did', () => {
  const former = traced(FORMER, 1, { amountMinor: 100 })
  expect(traced(LATER, 1, { amountMinor: 100, times: 1 })).toBe(former)
  expect(traced(LATER, 1, { amountMinor: 101, times: 1 })).not.toBe(former)
  const [once, twice] = [1, 2].map((times) => traced(LATER, 2, { amountMinor: 100, times }))
  expect(once).not.toBe(twice)
})

test('a trace goes on from what it wrote, and differs for ever once it differed', () => {
  const [one, other] = [new Trace(), new Trace()]
  one.number(1)
  other.number(2 ** 40 + 1)
  for (let place = 0; place < 1_000; place++) {
    for (const trace of [one, other]) trace.number(place * 2 ** 21)
    expect(one.hex()).not.toBe(other.hex())
  }
  const again = Trace.from(one.hex())
  for (const trace of [one, again]) trace.text('bid')
  expect(again.hex()).toBe(one.hex())
})

function someMarket(): Market {
  const market = new Market()
  market.deposit('Ann', 1_000)
  const car = market.list('Bob', { mode: 'uniform-auction', amount: 1_000 })
  market.bid('Ann', car, 100, 120_000)
  return market
}

test.each(['accounts', 'listings', 'bids', 'keys', 'sources'] as const)(
  'a snapshot of which a row of %s was changed is refused',
  (section) => {
    const chunks = [...dumpState(someMarket().state)]
    expect(digestOf(loadState(chunks))).toMatch(/\./)
    const bent = chunks.map((chunk) => {
      if (chunk.section !== section) return chunk
      const [first = [], ...rest] = chunk.rows
      const last = first.at(-1)
      return { ...chunk, rows: [[...first.slice(0, -1), Number(last) + 1], ...rest] }
    })
    expect(() => loadState(bent)).toThrow(/the snapshot/)
    expect(() => loadState(chunks.filter((chunk) => chunk.section !== 'proof'))).toThrow(
      'every row of the snapshot is as it was written',
    )
  },
)

test('every entry moves the trace, also one that changes nothing', () => {
  const market = someMarket()
  const traces = [market.enter([]), market.enter([])].map(({ digest }) => traceOf(digest))
  expect(new Set(traces).size).toBe(2)
  expect(traces).not.toContain(null)
})
