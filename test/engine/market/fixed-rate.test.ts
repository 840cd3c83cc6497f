import { expect, test } from 'vitest'
import { BIDS_PER_LISTING_MAX } from '../../../schema/index.ts'
import { kinds, Market, placed, refusal } from '../market.ts'

function marketWithLenders(): Market {
  const market = new Market()
  for (const name of ['Ann', 'Bea', 'Cid']) market.deposit(name, 10_000)
  return market
}

test('a bid holds exactly what the listing accepts of it', () => {
  const market = marketWithLenders()
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000 })
  expect(placed(market.bid('Ann', car, 600)).acceptedMinor).toBe(600)
  expect(market.cash('Ann')).toEqual([9_400, 600])
  expect(placed(market.bid('Bea', car, 300)).acceptedMinor).toBe(300)
  expect(market.book(car)).toEqual(['Ann 600 @ 100000', 'Bea 300 @ 100000'])
})

test('the bid that fills a listing ends the bidding, and with two approvals the loan is paid out', () => {
  const market = marketWithLenders()
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000, rate: 150_000 })
  market.bid('Ann', car, 600)
  const events = market.bid('Bea', car, 5_000)
  expect(kinds(events)).toEqual(['BidPlaced', 'ListingAllocated'])
  expect(placed(events).acceptedMinor).toBe(400)
  expect(market.review(car)[2]).toMatchObject({
    borrowerId: market.idOf('Bob'),
    amountMinor: 1_000,
    ratePpm: 150_000,
    termMonths: 12,
    fills: [
      { bidId: 1, accountId: market.idOf('Ann'), amountMinor: 600 },
      { bidId: 2, accountId: market.idOf('Bea'), amountMinor: 400 },
    ],
  })
  expect(market.cash('Ann')).toEqual([9_400, 0])
  expect(market.cash('Bea')).toEqual([9_600, 0])
  expect(market.cash('Bob')).toEqual([1_000, 0])
  expect(refusal(market.bid('Cid', car, 10))).toBe('listing-closed')
})

test('first come is first served, whatever rate a bid would have been content with', () => {
  const market = marketWithLenders()
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000 })
  market.bid('Ann', car, 800, 110_000)
  const events = market.bid('Bea', car, 800, 1)
  expect(events[1]).toMatchObject({ fills: [{ amountMinor: 800 }, { amountMinor: 200 }] })
})

test('a listing that does not fill in time gives everyone the cash back', () => {
  const market = marketWithLenders()
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000, openMs: 5_000 })
  market.bid('Ann', car, 600)
  market.bid('Bea', car, 100)
  expect(market.pass(4_999)).toEqual([])
  const [expired, ...others] = market.pass(1)
  expect(others).toEqual([])
  expect(expired).toMatchObject({
    kind: 'ListingExpired',
    listingId: car,
    released: [
      { bidId: 1, amountMinor: 600 },
      { bidId: 2, amountMinor: 100 },
    ],
  })
  expect(market.cash('Ann')).toEqual([10_000, 0])
  expect(market.cash('Bea')).toEqual([10_000, 0])
})

test('a cancelled bid gives its cash back and makes room for others', () => {
  const market = marketWithLenders()
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000 })
  const { bidId } = placed(market.bid('Ann', car, 900))
  expect(market.cancel('Ann', bidId)).toMatchObject([{ kind: 'BidCancelled', releasedMinor: 900 }])
  expect(market.cash('Ann')).toEqual([10_000, 0])
  expect(placed(market.bid('Bea', car, 950)).acceptedMinor).toBe(950)
})

test('what is left can always be bid for: no bid leaves less than the minimum', () => {
  const market = marketWithLenders()
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000, minBid: 100 })
  expect(refusal(market.bid('Ann', car, 99))).toBe('bid-below-minimum')
  expect(refusal(market.bid('Ann', car, 901))).toBe('remainder-below-minimum')
  expect(refusal(market.bid('Ann', car, 999))).toBe('remainder-below-minimum')
  expect(placed(market.bid('Ann', car, 900)).acceptedMinor).toBe(900)
  expect(kinds(market.bid('Bea', car, 100))).toContain('ListingAllocated')
})

test('a bid that asks for more than the rate on offer is refused', () => {
  const market = marketWithLenders()
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000, rate: 120_000 })
  expect(refusal(market.bid('Ann', car, 100, 120_001))).toBe('rate-above-ceiling')
  expect(placed(market.bid('Ann', car, 100, 120_000)).ratePpm).toBe(120_000)
})

test('what must be available is what is accepted, not what is asked for', () => {
  const market = new Market()
  market.deposit('Ann', 500)
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000 })
  expect(refusal(market.bid('Ann', car, 501))).toBe('insufficient-funds')
  expect(market.cash('Ann')).toEqual([500, 0])
  market.deposit('Bea', 600)
  market.bid('Bea', car, 600)
  expect(placed(market.bid('Ann', car, 1_000)).acceptedMinor).toBe(400)
})

test('a book takes no more bids than a listing may have, if its smallest bids may not cover it', () => {
  const market = new Market()
  market.deposit('Ann', 10 * BIDS_PER_LISTING_MAX)
  const car = market.listAsOnce('Bob', { mode: 'fixed-rate', amount: 2 * BIDS_PER_LISTING_MAX })
  market.enter(Array.from({ length: BIDS_PER_LISTING_MAX }, () => market.bidOf('Ann', car, 1)))
  expect(refusal(market.bid('Ann', car, 1))).toBe('book-full')
})
