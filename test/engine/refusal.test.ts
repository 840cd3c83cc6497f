import { expect, test } from 'vitest'
import { apply, createState, dumpState, loadState, MARKET_LIMITS } from '../../engine/index.ts'
import { FAST_BOOKS } from '../../engine/market/book/books.ts'
import { atMs, minor, stateDigestOf } from '../../schema/index.ts'
import type { Command } from '../../schema/index.ts'
import { kinds, Market, placed, refusal } from './market.ts'

function withListing(): { market: Market; car: number } {
  const market = new Market()
  market.deposit('Ann', 10_000)
  return { market, car: market.list('Bob', { mode: 'fixed-rate', amount: 1_000 }) }
}

test('a borrower cannot fund their own listing', () => {
  const { market, car } = withListing()
  market.deposit('Bob', 1_000)
  expect(refusal(market.bid('Bob', car, 100))).toBe('own-listing')
  expect(market.cash('Bob')).toEqual([1_000, 0])
})

test('a listing that was never opened is unknown, one that has ended is closed', () => {
  const { market, car } = withListing()
  expect(refusal(market.bid('Ann', car + 1, 100))).toBe('listing-unknown')
  market.bid('Ann', car, 1_000)
  expect(refusal(market.bid('Ann', car, 100))).toBe('listing-closed')
})

test('a bid that was never given is unknown, and so is somebody else’s', () => {
  const { market, car } = withListing()
  const { bidId } = placed(market.bid('Ann', car, 100))
  expect(refusal(market.cancel('Ann', bidId + 1))).toBe('bid-unknown')
  expect(refusal(market.cancel('Bea', bidId))).toBe('bid-unknown')
  expect(market.cash('Ann')).toEqual([9_900, 100])
})

test('a bid that has ended cannot be cancelled, however it ended', () => {
  const { market, car } = withListing()
  const cancelled = placed(market.bid('Ann', car, 100)).bidId
  market.cancel('Ann', cancelled)
  const won = placed(market.bid('Ann', car, 1_000)).bidId
  const auction = market.list('Bob', { mode: 'uniform-auction', amount: 500 })
  const outbid = placed(market.bid('Ann', auction, 500, 90_000)).bidId
  market.bid('Ann', auction, 500, 80_000)
  for (const bid of [cancelled, won, outbid])
    expect(refusal(market.cancel('Ann', bid))).toBe('bid-closed')
})

test('somebody else’s bid is as unknown once it has ended, by whatever it is asked for', () => {
  const { market, car } = withListing()
  const { bidId } = placed(market.bid('Ann', car, 100))
  market.cancel('Ann', bidId)
  expect(refusal(market.cancel('Bea', bidId))).toBe('bid-unknown')
  expect(refusal(market.amend('Bea', bidId, 200, 100_000))).toBe('bid-unknown')
  const restarted = loadState(dumpState(market.state))
  const ask = (name: string) => {
    const by = { ...market.bidOf(name, car, 1), kind: 'CancelBid', bidId } as const
    return refusal(apply(restarted, by, atMs(market.nowMs)))
  }
  expect([ask('Bea'), ask('Ann')]).toEqual(['bid-unknown', 'bid-closed'])
})

test('of more bids than the engine keeps in mind, the first to end are forgotten by everybody', () => {
  const market = new Market(createState(FAST_BOOKS, { ...MARKET_LIMITS, bidsEndedKnownMax: 2 }))
  market.deposit('Ann', 1_000)
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000 })
  const bids = [1, 2, 3].map(() => placed(market.bid('Ann', car, 100)).bidId)
  for (const bid of bids) market.cancel('Ann', bid)
  const heard = bids.map((bid) => refusal(market.cancel('Ann', bid)))
  expect(heard).toEqual(['bid-unknown', 'bid-closed', 'bid-closed'])
})

test('a minimum bid above the amount makes no listing', () => {
  const { market } = withListing()
  const listing = market.listing('Bob', { mode: 'fixed-rate', amount: 100, minBid: 101 })
  expect(refusal(market.ask(listing))).toBe('listing-terms-invalid')
  const next = market.list('Bob', { mode: 'fixed-rate', amount: 100, minBid: 100 })
  expect(next).toBe(2)
})

test('cash that could not be counted exactly is not taken in', () => {
  const market = new Market()
  market.deposit('Ann', 1)
  expect(refusal(market.deposit('Bea', Number.MAX_SAFE_INTEGER))).toBe('balance-too-large')
  expect(kinds(market.deposit('Bea', Number.MAX_SAFE_INTEGER - 1))).toEqual(['Deposited'])
  expect(refusal(market.deposit('Ann', 1))).toBe('balance-too-large')
})

test('a refused command changes nothing: the digest stays', () => {
  const { market, car } = withListing()
  const digest = stateDigestOf(market.enter([]).digest)
  const refused: Command[] = [
    market.bidOf('Cid', car, 100),
    market.bidOf('Ann', 77, 100),
    market.bidOf('Ann', car, 100, 999_999),
    {
      ...market.bidOf('Cid', car, 1),
      kind: 'Deposit',
      amountMinor: minor(Number.MAX_SAFE_INTEGER),
    },
  ]
  expect(stateDigestOf(market.enter(refused).digest)).toBe(digest)
})
