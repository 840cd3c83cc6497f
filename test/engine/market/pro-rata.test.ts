import { describe, expect, test } from 'vitest'
import { kinds, Market, refusal } from '../market.ts'

function window(
  amount: number,
  minBid: number,
  more: { readonly floor?: number } = {},
): { market: Market; car: number } {
  const market = new Market()
  for (const name of ['Ann', 'Bea', 'Cid', 'Dan']) market.deposit(name, 10_000)
  return { market, car: market.list('Bob', { mode: 'pro-rata', amount, minBid, ...more }) }
}

test('everybody is taken in until the end, then each gets the same share of what was offered', () => {
  const { market, car } = window(1_000, 10)
  market.bid('Ann', car, 900)
  market.bid('Bea', car, 600)
  market.bid('Cid', car, 500)
  expect(market.cash('Ann')).toEqual([9_100, 900])
  const [cut, full] = market.pass(60_000)
  expect(cut).toMatchObject({
    kind: 'BidsCut',
    released: [{ amountMinor: 250 }, { amountMinor: 300 }, { amountMinor: 450 }],
  })
  expect(full).toMatchObject({
    kind: 'ListingAllocated',
    fills: [{ amountMinor: 450 }, { amountMinor: 300 }, { amountMinor: 250 }],
  })
  expect(market.cash('Ann')).toEqual([9_550, 450])
})

test('what does not divide goes to the largest fractions, and of two equal ones to the earlier', () => {
  const { market, car } = window(100, 1)
  for (const name of ['Ann', 'Bea', 'Cid']) market.bid(name, car, 100)
  market.pass(60_000)
  expect(market.book(car)).toEqual(['Ann 34 @ 100000', 'Bea 33 @ 100000', 'Cid 33 @ 100000'])
})

test('nobody is given less than the smallest bid: who would be goes out, the smallest first', () => {
  const { market, car } = window(100, 25)
  market.bid('Ann', car, 100)
  market.bid('Bea', car, 30)
  market.bid('Cid', car, 100)
  market.pass(60_000)
  expect(market.book(car)).toEqual(['Ann 50 @ 100000', 'Cid 50 @ 100000'])
  expect(market.cash('Bea')).toEqual([10_000, 0])
})

test('of equal bids that cannot all be given enough the latest go out', () => {
  const { market, car } = window(100, 50)
  for (const name of ['Ann', 'Bea', 'Cid', 'Dan']) market.bid(name, car, 50)
  market.pass(60_000)
  expect(market.book(car)).toEqual(['Ann 50 @ 100000', 'Bea 50 @ 100000'])
})

test('an underwriter shares only in what the others leave', () => {
  const { market, car } = window(1_000, 10)
  market.bid('Dan', car, 1_000, 100_000, { rank: 'last' })
  market.bid('Ann', car, 300)
  market.pass(60_000)
  expect(market.book(car)).toEqual(['Dan 700 @ 100000', 'Ann 300 @ 100000'])
})

describe('nothing is decided before the end', () => {
  test.each(['immediate-or-cancel', 'fill-or-kill'] as const)('so %s is refused', (timeInForce) => {
    const { market, car } = window(1_000, 10)
    expect(refusal(market.bid('Ann', car, 100, 100_000, { timeInForce }))).toBe('not-immediate')
  })

  test('a window that was offered too little expires, or is funded from its floor on', () => {
    const dry = window(1_000, 10)
    dry.market.bid('Ann', dry.car, 600)
    expect(kinds(dry.market.pass(60_000))).toEqual(['ListingExpired'])
    const { market, car } = window(1_000, 10, { floor: 600 })
    market.bid('Ann', car, 600)
    expect(kinds(market.pass(60_000))).toEqual(['ListingAllocated'])
    expect(market.review(car)[2]).toMatchObject({ kind: 'LoanDisbursed', amountMinor: 600 })
  })
})
