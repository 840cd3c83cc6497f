import { expect, test } from 'vitest'
import { nextDueMs } from '../../engine/index.ts'
import { kinds, Market, START_MS } from './market.ts'

test('listings close in the order of their time, and at the same time of their ids', () => {
  const market = new Market()
  for (const openMs of [9_000, 5_000, 7_000, 5_000])
    market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs })
  expect(nextDueMs(market.state)).toBe(START_MS + 5_000)
  expect(market.pass(8_000)).toMatchObject([{ listingId: 2 }, { listingId: 4 }, { listingId: 3 }])
  expect(nextDueMs(market.state)).toBe(START_MS + 9_000)
  market.pass(1_000)
  expect(nextDueMs(market.state)).toBeNull()
})

test('a listing that filled early is not closed again', () => {
  const market = new Market()
  market.deposit('Ann', 1_000)
  const early = market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs: 5_000 })
  const late = market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs: 6_000 })
  market.bid('Ann', early, 100)
  expect(nextDueMs(market.state)).toBe(START_MS + 6_000)
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
