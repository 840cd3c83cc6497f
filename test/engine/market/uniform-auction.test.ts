import { expect, test } from 'vitest'
import { BIDS_PER_LISTING_MAX } from '../../../schema/index.ts'
import { kinds, Market, placed, refusal } from '../market.ts'
import type { Terms } from '../market.ts'

function auction(amount = 1_000): { market: Market; car: number } {
  const market = new Market()
  for (const name of ['Ann', 'Bea', 'Cid', 'Dan']) market.deposit(name, 10_000)
  return { market, car: market.list('Bob', termsOf(amount)) }
}

function termsOf(amount: number): Terms {
  return { mode: 'uniform-auction', amount, rate: 140_000, minBid: 10, openMs: 60_000 }
}

test('bids stand by rate, and at the same rate in the order they came', () => {
  const { market, car } = auction()
  market.bid('Ann', car, 100, 130_000)
  market.bid('Bea', car, 100, 120_000)
  market.bid('Cid', car, 100, 130_000)
  market.bid('Dan', car, 100, 110_000)
  expect(market.book(car)).toEqual([
    'Dan 100 @ 110000',
    'Bea 100 @ 120000',
    'Ann 100 @ 130000',
    'Cid 100 @ 130000',
  ])
})

test('the worst winner sets the rate for all: $5,000 at 13 % and at 14 % close at 14 %', () => {
  const { market, car } = auction(5_000)
  market.bid('Ann', car, 3_000, 130_000)
  market.bid('Bea', car, 2_000, 140_000)
  expect(kinds(market.pass(60_000))).toEqual(['ListingAllocated'])
  expect(market.review(car)[2]).toMatchObject({
    ratePpm: 140_000,
    amountMinor: 5_000,
    fills: [{ amountMinor: 3_000 }, { amountMinor: 2_000 }],
  })
  expect(market.cash('Bob')).toEqual([5_000, 0])
  expect(market.cash('Ann')).toEqual([7_000, 0])
})

test('an auction stays open until its time even when it is covered', () => {
  const { market, car } = auction()
  expect(kinds(market.bid('Ann', car, 1_000, 100_000))).toEqual(['BidPlaced'])
  expect(market.pass(59_999)).toEqual([])
  expect(kinds(market.pass(1))).toEqual(['ListingAllocated'])
})

test('a better bid takes its place from the worst ones, in part and in full', () => {
  const { market, car } = auction()
  market.bid('Ann', car, 500, 120_000)
  market.bid('Bea', car, 300, 130_000)
  market.bid('Cid', car, 200, 130_000)
  const events = market.bid('Dan', car, 400, 110_000)
  expect(events.slice(1)).toMatchObject([
    { kind: 'BidOutbid', accountId: market.idOf('Cid'), releasedMinor: 200, acceptedMinor: 0 },
    { kind: 'BidOutbid', accountId: market.idOf('Bea'), releasedMinor: 200, acceptedMinor: 100 },
  ])
  expect(market.book(car)).toEqual(['Dan 400 @ 110000', 'Ann 500 @ 120000', 'Bea 100 @ 130000'])
  expect(market.cash('Cid')).toEqual([10_000, 0])
  expect(market.cash('Bea')).toEqual([9_900, 100])
})

test('a bid larger than the room that is left for it is accepted in part', () => {
  const { market, car } = auction()
  market.bid('Ann', car, 800, 100_000)
  expect(placed(market.bid('Bea', car, 500, 120_000)).acceptedMinor).toBe(200)
  expect(placed(market.bid('Cid', car, 900, 110_000)).acceptedMinor).toBe(200)
  expect(market.book(car)).toEqual(['Ann 800 @ 100000', 'Cid 200 @ 110000'])
})

test('once covered, the same rate or a worse one is not competitive', () => {
  const { market, car } = auction()
  market.bid('Ann', car, 1_000, 110_000)
  expect(refusal(market.bid('Bea', car, 100, 110_000))).toBe('rate-not-competitive')
  expect(refusal(market.bid('Bea', car, 100, 120_000))).toBe('rate-not-competitive')
  expect(refusal(market.bid('Bea', car, 100, 140_001))).toBe('rate-above-ceiling')
  expect(refusal(market.bid('Bea', car, 9, 100_000))).toBe('bid-below-minimum')
  expect(market.cash('Bea')).toEqual([10_000, 0])
})

test('what was outbid does not come back when the better bid is cancelled', () => {
  const { market, car } = auction()
  market.bid('Ann', car, 1_000, 130_000)
  const { bidId } = placed(market.bid('Bea', car, 1_000, 120_000))
  market.cancel('Bea', bidId)
  expect(market.book(car)).toEqual([])
  expect(market.cash('Ann')).toEqual([10_000, 0])
  expect(kinds(market.pass(60_000))).toEqual(['ListingExpired'])
})

test('cancelling the worst bid, a middle one and the best leaves the others in order', () => {
  const { market, car } = auction()
  const ids = [130_000, 120_000, 130_000, 110_000, 120_000].map(
    (rate) => placed(market.bid('Ann', car, 50, rate)).bidId,
  )
  market.cancel('Ann', ids[2] ?? 0)
  market.cancel('Ann', ids[4] ?? 0)
  market.cancel('Ann', ids[3] ?? 0)
  expect(market.book(car)).toEqual(['Ann 50 @ 120000', 'Ann 50 @ 130000'])
  expect(placed(market.bid('Bea', car, 50, 120_000)).acceptedMinor).toBe(50)
  expect(market.book(car)).toEqual(['Ann 50 @ 120000', 'Bea 50 @ 120000', 'Ann 50 @ 130000'])
})

test('it would close at the ceiling until it is covered, then at the worst accepted rate', () => {
  const { market, car } = auction()
  const book = market.state.listings.values().next().value?.book
  market.bid('Ann', car, 990, 100_000)
  expect(book?.clearingRatePpm()).toBe(140_000)
  market.bid('Bea', car, 10, 90_000)
  expect(book?.clearingRatePpm()).toBe(100_000)
})

test('a full book still takes a bid that drives another out', () => {
  const { market, car } = auction(BIDS_PER_LISTING_MAX * 10)
  market.deposit('Ann', BIDS_PER_LISTING_MAX * 10)
  const bids = Array.from({ length: BIDS_PER_LISTING_MAX }, () => market.bidOf('Ann', car, 10))
  market.enter(bids.slice(1))
  expect(placed(market.bid('Bea', car, 15, 130_000)).acceptedMinor).toBe(10)
  expect(market.book(car)).toHaveLength(BIDS_PER_LISTING_MAX)
  expect(kinds(market.bid('Cid', car, 10, 90_000))).toEqual(['BidPlaced', 'BidOutbid'])
  expect(market.book(car)).toHaveLength(BIDS_PER_LISTING_MAX)
})

test('a book full of bids that do not cover the listing takes no more', () => {
  const { market } = auction()
  const car = market.listAsOnce('Bob', termsOf(BIDS_PER_LISTING_MAX * 11))
  market.deposit('Ann', BIDS_PER_LISTING_MAX * 10)
  market.enter(Array.from({ length: BIDS_PER_LISTING_MAX }, () => market.bidOf('Ann', car, 10)))
  expect(refusal(market.bid('Bea', car, 10, 90_000))).toBe('book-full')
})

test('a bid that would drive nobody out of a full book, only back, is refused', () => {
  const { market } = auction()
  const car = market.listAsOnce('Bob', termsOf(BIDS_PER_LISTING_MAX * 10 + 20))
  market.deposit('Ann', BIDS_PER_LISTING_MAX * 10)
  const bids = Array.from({ length: BIDS_PER_LISTING_MAX }, () => market.bidOf('Ann', car, 10))
  market.enter(bids.slice(1))
  market.bid('Bea', car, 30, 130_000)
  expect(refusal(market.bid('Cid', car, 29, 90_000))).toBe('book-full')
  expect(placed(market.bid('Cid', car, 30, 90_000)).acceptedMinor).toBe(30)
})
