import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fill } from '../../../schema/index.ts'
import { Market } from '../market.ts'
import { holds } from '../seed.ts'

interface Offer {
  readonly amount: number
  readonly rate: number
}

const CEILING = 120_000
const offers: fc.Arbitrary<Offer[]> = fc.array(
  fc.record({
    amount: fc.integer({ min: 1, max: 700 }),
    rate: fc.oneof(
      fc.constantFrom(80_000, 90_000, 100_000),
      fc.integer({ min: 0, max: CEILING + 10_000 }),
    ),
  }),
  { maxLength: 60 },
)

/** The rule as it is published: sort by rate and then by time, take the prefix that covers. */
function winners(amount: number, bids: readonly Offer[]): readonly (Offer & { won: number })[] {
  let left = amount
  return bids
    .filter((bid) => bid.rate <= CEILING)
    .toSorted((a, b) => a.rate - b.rate)
    .map((bid) => {
      const won = Math.min(bid.amount, left)
      left -= won
      return { ...bid, won }
    })
    .filter((bid) => bid.won > 0)
}

test('without cancellations the winners are those of sorting all bids and taking the prefix', () => {
  holds(
    200,
    fc.property(offers, fc.integer({ min: 1, max: 3_000 }), (bids, amount) => {
      const market = new Market()
      market.deposit('Ann', 1_000_000)
      const car = market.list('Bob', { mode: 'uniform-auction', amount, rate: CEILING })
      for (const bid of bids) market.bid('Ann', car, bid.amount, bid.rate)
      const expected = winners(amount, bids)
      const [closed] = market.pass(60_000)
      expect(wonAmounts(closed)).toEqual(expected.map((bid) => bid.won))
      const isCovered = expected.reduce((sum, bid) => sum + bid.won, 0) === amount
      expect(closed).toMatchObject(
        isCovered
          ? { kind: 'ListingAllocated', ratePpm: expected.at(-1)?.rate }
          : { kind: 'ListingExpired' },
      )
    }),
  )
})

function wonAmounts(closed: unknown): number[] {
  const { fills, released } = closed as { fills?: readonly Fill[]; released?: readonly Fill[] }
  return (fills ?? released ?? []).map((fill) => fill.amountMinor)
}
