import { expect, test } from 'vitest'
import { kinds, Market, placed, refusal } from '../market.ts'

const AUCTION = { mode: 'pay-as-bid-auction', amount: 1_000, rate: 150_000, minBid: 10 } as const

function auction(): { market: Market; car: number } {
  const market = new Market()
  for (const name of ['Ann', 'Bea', 'Cid']) market.deposit(name, 10_000)
  return { market, car: market.list('Bob', AUCTION) }
}

test('the borrower pays what the winners ask on average, no less than any of them is owed', () => {
  const { market, car } = auction()
  market.bid('Ann', car, 333, 100_000)
  market.bid('Bea', car, 667, 120_001)
  const [full] = market.pass(60_000)
  // (333 × 100,000 + 667 × 120,001) / 1,000 = 113,340.667
  expect(full).toMatchObject({ kind: 'ListingAllocated', ratePpm: 113_341, vcgRatePpm: 113_341 })
  expect(market.review(car)[2]).toMatchObject({ kind: 'LoanDisbursed', ratePpm: 113_341 })
})

test('the lowest rates win, and the worst of them give way first', () => {
  const { market, car } = auction()
  market.bid('Ann', car, 1_000, 140_000)
  const events = market.bid('Bea', car, 400, 90_000)
  expect(events[1]).toMatchObject({ kind: 'BidOutbid', releasedMinor: 400, acceptedMinor: 600 })
  expect(refusal(market.bid('Cid', car, 100, 140_000))).toBe('rate-not-competitive')
})

test('who is left with something has no less than the smallest bid: a better one gets a little less', () => {
  const { market, car } = auction()
  market.bid('Ann', car, 1_000, 140_000)
  expect(placed(market.bid('Bea', car, 995, 90_000)).acceptedMinor).toBe(990)
  expect(market.book(car)).toEqual(['Bea 990 @ 90000', 'Ann 10 @ 140000'])
  // Of the ten that are left nobody can be given a part.
  expect(refusal(market.bid('Cid', car, 15, 80_000))).toBe(null)
  expect(kinds(market.bid('Cid', car, 10, 70_000))).toContain('BidPlaced')
})
