import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dumpState, loadState, digestOf } from '../../../engine/index.ts'
import { NAIVE_BOOKS } from '../../../engine/market/book/naive-books.ts'
import { BIDS_PER_LISTING_MAX } from '../../../schema/index.ts'
import type { Event, FundingMode } from '../../../schema/index.ts'
import { kinds, Market, placed, refusal } from '../market.ts'
import { holds } from '../seed.ts'

function open(mode: FundingMode, amount = 1_000): { market: Market; car: number } {
  const market = new Market()
  for (const name of ['Ann', 'Bea', 'Cid', 'Dan']) market.deposit(name, 10_000)
  const car = market.list('Bob', { mode, amount, rate: 140_000, minBid: 10 })
  return { market, car }
}

function idOf(events: readonly Event[]): number {
  return placed(events).bidId
}

test('a smaller amount keeps its place, and the difference is available at once', () => {
  const { market, car } = open('uniform-auction')
  const ann = idOf(market.bid('Ann', car, 300, 120_000))
  market.bid('Bea', car, 300, 120_000)
  const events = market.amend('Ann', ann, 200, 120_000)
  expect(events).toMatchObject([
    {
      kind: 'BidAmended',
      bidId: ann,
      amountMinor: 200,
      acceptedMinor: 200,
      heldMinor: 0,
      releasedMinor: 100,
      place: ann,
    },
  ])
  expect(market.book(car)).toEqual(['Ann 200 @ 120000', 'Bea 300 @ 120000'])
  expect(market.cash('Ann')).toEqual([9_800, 200])
})

test('a larger amount takes a new place behind its equals and holds only the difference', () => {
  const { market, car } = open('uniform-auction')
  const ann = idOf(market.bid('Ann', car, 300, 120_000))
  const bea = idOf(market.bid('Bea', car, 300, 120_000))
  const [amended] = market.amend('Ann', ann, 400, 120_000)
  expect(amended).toMatchObject({ bidId: ann, heldMinor: 100, releasedMinor: 0, place: bea + 1 })
  expect(market.book(car)).toEqual(['Bea 300 @ 120000', 'Ann 400 @ 120000'])
  expect(market.cash('Ann')).toEqual([9_600, 400])
})

test('another rate takes the place of that rate, with the same amount no cash moves', () => {
  const { market, car } = open('uniform-auction')
  const ann = idOf(market.bid('Ann', car, 300, 120_000))
  market.bid('Bea', car, 300, 110_000)
  const [amended] = market.amend('Ann', ann, 300, 100_000)
  expect(amended).toMatchObject({ ratePpm: 100_000, heldMinor: 0, releasedMinor: 0 })
  expect(market.book(car)).toEqual(['Ann 300 @ 100000', 'Bea 300 @ 110000'])
  expect(market.cash('Ann')).toEqual([9_700, 300])
})

test('terms that are the same already change nothing, and keep the place', () => {
  const { market, car } = open('fixed-rate')
  const ann = idOf(market.bid('Ann', car, 300))
  const [amended] = market.amend('Ann', ann, 300, 100_000)
  expect(amended).toMatchObject({ heldMinor: 0, releasedMinor: 0, place: ann })
})

test('an amended bid drives out worse ones, but is never in its own way', () => {
  const { market, car } = open('uniform-auction')
  const ann = idOf(market.bid('Ann', car, 600, 130_000))
  market.bid('Bea', car, 400, 120_000)
  const events = market.amend('Ann', ann, 900, 110_000)
  expect(kinds(events)).toEqual(['BidAmended', 'BidOutbid'])
  expect(market.book(car)).toEqual(['Ann 900 @ 110000', 'Bea 100 @ 120000'])
  expect(market.cash('Ann')).toEqual([9_100, 900])
  expect(market.cash('Bea')).toEqual([9_900, 100])
})

test('a bid that was partly driven out gives up first what it no longer has', () => {
  const { market, car } = open('uniform-auction')
  const ann = idOf(market.bid('Ann', car, 600, 130_000))
  market.bid('Bea', car, 800, 120_000)
  const [amended] = market.amend('Ann', ann, 300, 130_000)
  expect(amended).toMatchObject({ amountMinor: 300, acceptedMinor: 200, releasedMinor: 0 })
  expect(market.cash('Ann')).toEqual([9_800, 200])
})

test('raising a fixed-rate bid to all that is left funds the listing in the same step', () => {
  const { market, car } = open('fixed-rate')
  const ann = idOf(market.bid('Ann', car, 300))
  market.bid('Bea', car, 400)
  const events = market.amend('Ann', ann, 900, 100_000)
  expect(kinds(events)).toEqual(['BidAmended', 'ListingAllocated'])
  expect(events[0]).toMatchObject({ amountMinor: 900, acceptedMinor: 600, heldMinor: 300 })
  expect(market.cash('Ann')).toEqual([9_400, 600])
  market.review(car)
  expect(market.cash('Ann')).toEqual([9_400, 0])
  expect(market.cash('Bob')).toEqual([1_000, 0])
})

test.each([
  ['bid-unknown', 'Bea', 0, 300, 120_000],
  ['bid-unknown', 'Ann', 99, 300, 120_000],
  ['bid-below-minimum', 'Ann', 0, 9, 120_000],
  ['bid-below-minimum', 'Ann', 0, 9, 110_000],
  ['rate-above-ceiling', 'Ann', 0, 300, 140_001],
] as const)('%s: nothing changes', (code, who, past, amount, rate) => {
  const { market, car } = open('uniform-auction')
  const ann = idOf(market.bid('Ann', car, 300, 120_000))
  expect(refusal(market.amend(who, ann + past, amount, rate))).toBe(code)
  expect(market.book(car)).toEqual(['Ann 300 @ 120000'])
  expect(market.cash('Ann')).toEqual([9_700, 300])
})

test('more than is available is refused and holds nothing', () => {
  const { market, car } = open('uniform-auction', 50_000)
  const ann = idOf(market.bid('Ann', car, 9_000, 120_000))
  expect(refusal(market.amend('Ann', ann, 10_001, 120_000))).toBe('insufficient-funds')
  expect(kinds(market.amend('Ann', ann, 10_000, 120_000))).toEqual(['BidAmended'])
  expect(market.cash('Ann')).toEqual([0, 10_000])
})

test('a raise that leaves too little for another bid is refused', () => {
  const { market, car } = open('fixed-rate')
  const ann = idOf(market.bid('Ann', car, 300))
  expect(refusal(market.amend('Ann', ann, 995, 100_000))).toBe('remainder-below-minimum')
  expect(market.book(car)).toEqual(['Ann 300 @ 100000'])
})

test('what has ended cannot be amended, nor what is due', () => {
  const { market, car } = open('uniform-auction')
  const ann = idOf(market.bid('Ann', car, 300, 120_000))
  const bea = idOf(market.bid('Bea', car, 300, 120_000))
  market.cancel('Bea', bea)
  expect(refusal(market.amend('Bea', bea, 200, 120_000))).toBe('bid-closed')
  market.pass(60_000)
  expect(refusal(market.amend('Ann', ann, 200, 120_000))).toBe('bid-closed')
})

test.each(['uniform-auction', 'fixed-rate'] as const)(
  'a full book (%s) has room for the bids that are in it: one is raised, none comes in',
  (mode) => {
    const { market } = open(mode)
    const terms = { amount: BIDS_PER_LISTING_MAX * 10 + 1_000, minBid: 10 }
    const car = market.listAsOnce('Bob', { mode, ...terms })
    market.deposit('Ann', BIDS_PER_LISTING_MAX * 10)
    const ann = idOf(market.bid('Ann', car, 10, 120_000))
    const rest = Array.from({ length: BIDS_PER_LISTING_MAX - 1 }, () =>
      market.bidOf('Ann', car, 10, 120_000),
    )
    market.enter(rest)
    expect(refusal(market.bid('Bea', car, 10, 120_000))).toBe('book-full')
    expect(market.amend('Ann', ann, 20, 120_000)).toMatchObject([{ heldMinor: 10 }])
    expect(market.state.bids.size).toBe(BIDS_PER_LISTING_MAX)
  },
)

test('the same key gets the same answer, whatever became of the bid since', () => {
  const { market, car } = open('uniform-auction')
  const ann = idOf(market.bid('Ann', car, 300, 120_000))
  const command = market.amendmentOf('Ann', ann, 500, 110_000)
  const [first] = market.ask(command)
  market.amend('Ann', ann, 200, 110_000)
  const [again] = market.ask(command)
  expect(again).toMatchObject({ kind: 'Repeated', answer: first })
  const reloaded = new Market(loadState(dumpState(market.state)))
  reloaded.nowMs = market.nowMs
  expect(digestOf(reloaded.state)).toBe(digestOf(market.state))
})

test('a snapshot keeps the places of amended bids', () => {
  for (const mode of ['uniform-auction', 'fixed-rate'] as const) {
    const { market, car } = open(mode)
    const ann = idOf(market.bid('Ann', car, 100, 120_000))
    market.bid('Bea', car, 100, 120_000)
    market.bid('Cid', car, 100, 120_000)
    market.amend('Ann', ann, 110, 120_000)
    const books = (state: Market['state']) =>
      [...state.listings.values()].map(({ book }) => book.bids().map(({ bidId }) => bidId))
    const inOrder = books(market.state)
    expect(inOrder[0]?.at(-1)).toBe(ann)
    expect(books(loadState(dumpState(market.state)))).toEqual(inOrder)
    expect(books(loadState(dumpState(market.state), NAIVE_BOOKS))).toEqual(inOrder)
  }
})

const offer = fc.record({
  who: fc.constantFrom('Ann', 'Bea', 'Cid'),
  amount: fc.integer({ min: 1, max: 700 }),
  rate: fc.constantFrom(90_000, 100_000, 110_000, 120_000, 130_000),
})

test('a new place leaves book and cash as a cancellation and a new bid would', () => {
  const modes = fc.constantFrom('uniform-auction' as const, 'fixed-rate' as const)
  holds(
    300,
    fc.property(modes, fc.array(offer, { maxLength: 12 }), fc.nat(), offer, (...drawn) => {
      const [mode, offers, at, to] = drawn
      const one = withOffers(mode, offers)
      const other = withOffers(mode, offers)
      const bids = [...one.market.state.bids.values()]
      const bid = bids[at % Math.max(1, bids.length)]
      if (bid === undefined || (to.rate === bid.ratePpm && to.amount <= bid.amountMinor)) return
      const name = PEOPLE.find((who) => one.market.idOf(who) === bid.account.accountId) ?? 'Ann'
      const events = one.market.amend(name, bid.bidId, to.amount, to.rate)
      if (refusal(events) !== null) return
      other.market.cancel(name, bid.bidId)
      const placedAgain = other.market.bid(name, other.car, to.amount, to.rate)
      expect(kinds(events).slice(1)).toEqual(kinds(placedAgain).slice(1))
      expect(one.market.book(one.car)).toEqual(other.market.book(other.car))
      for (const who of [...PEOPLE, 'Bob'])
        expect(one.market.cash(who)).toEqual(other.market.cash(who))
    }),
  )
})

const PEOPLE = ['Ann', 'Bea', 'Cid'] as const

function withOffers(
  mode: FundingMode,
  offers: readonly { who: string; amount: number; rate: number }[],
): { market: Market; car: number } {
  const market = new Market()
  for (const name of PEOPLE) market.deposit(name, 2_000)
  const car = market.list('Bob', { mode, amount: 1_500, rate: 140_000, minBid: 5 })
  for (const { who, amount, rate } of offers) market.bid(who, car, amount, rate)
  return { market, car }
}
