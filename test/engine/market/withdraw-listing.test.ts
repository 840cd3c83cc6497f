import { expect, test } from 'vitest'
import { kinds, Market, placed, refusal } from '../market.ts'

function open(): { market: Market; car: number } {
  const market = new Market()
  for (const name of ['Ann', 'Bea']) market.deposit(name, 10_000)
  const car = market.list('Bob', { mode: 'uniform-auction', amount: 1_000, rate: 140_000 })
  return { market, car }
}

test('a withdrawn listing gives every bidder all of it back in the same step', () => {
  const { market, car } = open()
  const ann = placed(market.bid('Ann', car, 300, 120_000)).bidId
  const bea = placed(market.bid('Bea', car, 400, 110_000)).bidId
  const events = market.withdraw('Bob', car)
  expect(events).toMatchObject([
    { kind: 'ListingWithdrawn', listingId: car, releasedMinor: 700, bidCount: 2 },
    {
      kind: 'BidsReleased',
      released: [
        { bidId: bea, amountMinor: 400 },
        { bidId: ann, amountMinor: 300 },
      ],
    },
  ])
  expect(market.cash('Ann')).toEqual([10_000, 0])
  expect(market.cash('Bea')).toEqual([10_000, 0])
  expect(market.state.listings.size + market.state.bids.size).toBe(0)
  expect(market.pass(60_000)).toEqual([])
})

test('a covered auction can still be withdrawn, and one without bids too', () => {
  const { market, car } = open()
  market.bid('Ann', car, 1_000, 120_000)
  expect(kinds(market.withdraw('Bob', car))).toEqual(['ListingWithdrawn', 'BidsReleased'])
  const boat = market.list('Bob', { mode: 'fixed-rate', amount: 1_000 })
  expect(market.withdraw('Bob', boat)).toMatchObject([
    { releasedMinor: 0, bidCount: 0 },
    { released: [] },
  ])
})

test("somebody else's listing is as good as unknown", () => {
  const { market, car } = open()
  expect(refusal(market.withdraw('Ann', car))).toBe('listing-unknown')
  expect(refusal(market.withdraw('Bob', car + 1))).toBe('listing-unknown')
})

test('what has closed cannot be withdrawn, nor what is due', () => {
  const { market, car } = open()
  market.bid('Ann', car, 1_000, 120_000)
  market.withdraw('Bob', car)
  expect(refusal(market.withdraw('Bob', car))).toBe('listing-closed')
  const boat = market.list('Bob', { mode: 'fixed-rate', amount: 1_000, openMs: 1_000 })
  market.nowMs += 1_000
  expect(refusal(market.withdraw('Bob', boat))).toBe('listing-closed')
  expect(refusal(market.bid('Ann', car, 10))).toBe('listing-closed')
})

test('the same key gets the same answer, and releases nothing twice', () => {
  const { market, car } = open()
  market.bid('Ann', car, 300, 120_000)
  const command = market.withdrawalOf('Bob', car)
  const [first] = market.ask(command)
  expect(market.ask(command)).toMatchObject([{ kind: 'Repeated', answer: first }])
  expect(market.cash('Ann')).toEqual([10_000, 0])
})
