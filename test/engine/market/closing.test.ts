import { describe, expect, test } from 'vitest'
import { nextToClose } from '../../../engine/index.ts'
import { bidId } from '../../../schema/index.ts'
import type { ListingId } from '../../../schema/index.ts'
import { kinds, Market, refusal, START_MS } from '../market.ts'

test('listings close in the order of their time, and at the same time of their ids', () => {
  const market = new Market()
  for (const openMs of [9_000, 5_000, 7_000, 5_000])
    market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs })
  expect(nextToClose(market.state)?.closesAtMs).toBe(START_MS + 5_000)
  expect(market.pass(8_000)).toMatchObject([{ listingId: 2 }, { listingId: 4 }, { listingId: 3 }])
  expect(nextToClose(market.state)?.closesAtMs).toBe(START_MS + 9_000)
  market.pass(1_000)
  expect(nextToClose(market.state)).toBeNull()
})

test('a listing that filled early is not closed again', () => {
  const market = new Market()
  market.deposit('Ann', 1_000)
  const early = market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs: 5_000 })
  const late = market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs: 6_000 })
  market.bid('Ann', early, 100)
  expect(nextToClose(market.state)?.closesAtMs).toBe(START_MS + 6_000)
  expect(market.pass(10_000)).toMatchObject([{ kind: 'ListingExpired', listingId: late }])
})

test('the time of the journal decides: a bid in the entry of the closing time comes too late', () => {
  const market = new Market()
  market.deposit('Ann', 1_000)
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs: 5_000 })
  market.nowMs += 5_000
  const entry = market.enter([market.bidOf('Ann', car, 100)])
  expect(kinds(entry.timed)).toEqual(['ListingExpired'])
  expect(entry.answered[0]).toMatchObject([{ kind: 'Refused', code: 'listing-closed' }])
})

test('a lender with several bids on a listing gets every one of them back', () => {
  const market = new Market()
  market.deposit('Ann', 1_000)
  const car = market.list('Bob', { mode: 'uniform-auction', amount: 900 })
  for (const rate of [90_000, 70_000, 80_000]) market.bid('Ann', car, 200, rate)
  expect(market.pass(60_000)).toMatchObject([
    { kind: 'ListingExpired', released: [{ bidId: 2 }, { bidId: 3 }, { bidId: 1 }] },
  ])
  expect(market.cash('Ann')).toEqual([1_000, 0])
})

describe('when more comes to its end at once than an entry may close', () => {
  const BIDS_EACH = 1_000
  /** Three listings that end together, with a thousand bids of Ann's each: two fit an entry. */
  function crowdedMarket(): { readonly market: Market; readonly listings: readonly ListingId[] } {
    const market = new Market()
    market.deposit('Ann', 3 * BIDS_EACH)
    const terms = { mode: 'uniform-auction', amount: 10 * BIDS_EACH, openMs: 5_000 } as const
    const listings = [1, 2, 3].map(() => market.list('Bob', terms))
    for (const listing of listings)
      market.enter(Array.from({ length: BIDS_EACH }, () => market.bidOf('Ann', listing, 1)))
    market.nowMs = START_MS + 5_000
    return { market, listings }
  }

  test('the rest closes in the next entry, and everybody gets everything back', () => {
    const { market, listings } = crowdedMarket()
    expect(market.pass(0)).toMatchObject(listings.slice(0, 2).map((listingId) => ({ listingId })))
    expect(market.cash('Ann')).toEqual([2 * BIDS_EACH, BIDS_EACH])
    expect(nextToClose(market.state)?.listingId).toBe(listings[2])
    expect(market.pass(0)).toMatchObject([{ kind: 'ListingExpired', listingId: listings[2] }])
    expect(market.cash('Ann')).toEqual([3 * BIDS_EACH, 0])
  })

  test('a listing whose time has come takes no bid any more, though it is still there', () => {
    const { market, listings } = crowdedMarket()
    const waiting = listings[2] ?? 0
    const { answered } = market.enter([market.bidOf('Ann', waiting, 1)])
    expect(answered.map(refusal)).toEqual(['listing-closed'])
  })

  test('nor does it let one go: the auction has been decided', () => {
    const { market, listings } = crowdedMarket()
    const bidOfWaiting = bidId(3 * BIDS_EACH)
    expect(refusal(market.cancel('Ann', bidOfWaiting))).toBe('bid-closed')
    expect(market.state.bids.get(bidOfWaiting)?.listingId).toBe(listings[2])
  })

  test('nor is a bid amended or the listing withdrawn: it is too late', () => {
    const { market, listings } = crowdedMarket()
    const waiting = listings[2] ?? 0
    const bidOfWaiting = bidId(3 * BIDS_EACH)
    const { answered } = market.enter([
      market.amendmentOf('Ann', bidOfWaiting, 1, 1),
      market.withdrawalOf('Bob', waiting),
    ])
    expect(answered.map(refusal)).toEqual(['bid-closed', 'listing-closed'])
  })

  test('a listing with more bids than that closes in one entry all the same', () => {
    const market = new Market()
    market.deposit('Ann', 3_000)
    const car = market.list('Bob', { mode: 'uniform-auction', amount: 5_000, openMs: 5_000 })
    market.enter(Array.from({ length: 3_000 }, () => market.bidOf('Ann', car, 1)))
    expect(market.pass(5_000)).toMatchObject([{ kind: 'ListingExpired', listingId: car }])
    expect(market.cash('Ann')).toEqual([3_000, 0])
  })
})
