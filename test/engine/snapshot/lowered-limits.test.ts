import { describe, expect, test } from 'vitest'
import {
  applyEntry,
  createState,
  dumpState,
  loadState,
  MARKET_LIMITS,
  recomputeDigest,
} from '../../../engine/index.ts'
import type { MarketLimits, State } from '../../../engine/index.ts'
import { FAST_BOOKS } from '../../../engine/market/book/books.ts'
import { NAIVE_BOOKS } from '../../../engine/market/book/naive-books.ts'
import { atMs, stateDigestOf } from '../../../schema/index.ts'
import type { CommandEntry } from '../../../schema/index.ts'
import { Market, refusal, START_MS } from '../market.ts'
import { writtenAt } from '../writing.ts'

/** Five people, four listings of both modes, six bids each, dozens of keys and three sources: above
 *  every one of the limits that it is loaded with below. */
function fullMarket(): Market {
  const market = new Market()
  for (const name of ['Ann', 'Bea', 'Cid', 'Dan']) market.deposit(name, 10_000)
  for (const mode of ['fixed-rate', 'uniform-auction', 'fixed-rate', 'uniform-auction'] as const) {
    const listing = market.list('Bob', { mode, amount: 1_000, minBid: 10 })
    for (const rate of [90_000, 91_000, 92_000, 93_000, 94_000, 95_000])
      market.bid(['Ann', 'Bea', 'Cid'][rate % 3] ?? 'Ann', listing, 20, rate)
  }
  market.enter([], 'second', 5)
  market.enter([], 'third', 7)
  return market
}

const LOWERED: readonly (readonly [keyof MarketLimits, number])[] = [
  ['accountsMax', 3],
  ['listingsOpenMax', 2],
  ['bidsOpenMax', 7],
  ['bidsPerListingMax', 4],
  ['bidsEndedKnownMax', 1],
  ['keysPerAccountShare', 3],
  ['keysPerAccountMax', 3],
  ['keysKeptMax', 9],
  ['sourcesMax', 1],
  ['timedRowsMax', 1],
  ['causedRowsMax', 1],
]

function load(state: State, limits: MarketLimits, books = FAST_BOOKS): State {
  return loadState(dumpState(state), books, limits)
}

describe.each(LOWERED)('with %s lowered to %i under what a market holds', (name, max) => {
  const limits = { ...MARKET_LIMITS, reviewMsMax: 60_000, [name]: max }

  test('its snapshot loads, with all that is above the limit', () => {
    const { state } = fullMarket()
    const loaded = load(state, limits)
    expect(recomputeDigest(loaded)).toBe(state.digest.hex())
    expect([...dumpState(loaded)]).toEqual([...dumpState(state)])
  })

  test('it goes on, the same in every engine and in one that starts later', () => {
    const market = fullMarket()
    const fast = load(market.state, limits)
    const naive = load(market.state, limits, NAIVE_BOOKS)
    for (const entry of laterEntries(market)) {
      const said = applyEntry(fast, entry)
      expect(stateDigestOf(said.digest)).toBe(recomputeDigest(fast))
      expect(applyEntry(naive, entry)).toEqual(said)
      expect(applyEntry(load(fast, limits), { ...entry, id: after(entry) })).toEqual(
        applyEntry(load(naive, limits, NAIVE_BOOKS), { ...entry, id: after(entry) }),
      )
      expect([...dumpState(naive)]).toEqual([...dumpState(fast)])
    }
    expect(fast.listings.size).toBe(0)
  })
})

/** Bids, amendments, cancels, repeats, somebody new, a new listing, and at last all times are over. */
function laterEntries(market: Market): CommandEntry[] {
  const commands = [
    ...[1, 2, 3, 4].map((listing) => market.bidOf('Dan', listing, 500, 80_000)),
    market.amendmentOf('Ann', 1, 40, 90_000),
    market.amendmentOf('Ann', 7, 10, 90_000),
    ...[1, 2].map((listing) => market.bidOf('Dan', listing, 1_000, 70_000)),
    market.withdrawalOf('Bob', 3),
    market.bidOf('Eve', 1, 10),
    market.listing('Bob', { mode: 'fixed-rate', amount: 100 }),
  ]
  const askedTwice = [...commands, ...commands]
  const later = Array.from({ length: 9 })
  const atTimes = [0, 1, ...later.map(() => 120_000), ...later.map(() => 240_000)]
  return atTimes.map((laterMs, index) => ({
    id: `${START_MS + laterMs}-${900 + 2 * index}` as const,
    atMs: atMs(START_MS + laterMs),
    source: ['gateway', 'second', 'fourth'][index % 3] ?? 'gateway',
    batch: 1_000 + index,
    writing: writtenAt(atMs(START_MS + laterMs)),
    commands: index < 2 ? askedTwice : [],
  }))
}

function after({ id }: CommandEntry): CommandEntry['id'] {
  const [ms, place] = id.split('-').map(Number)
  return `${ms ?? 0}-${(place ?? 0) + 1}`
}

describe('at its limit a market refuses what is new, and takes it when there is room again', () => {
  const at = (limits: Partial<MarketLimits>): Market =>
    new Market(createState(FAST_BOOKS, { ...MARKET_LIMITS, ...limits }))

  test('another account', () => {
    const market = at({ accountsMax: 2 })
    market.deposit('Ann', 100)
    market.deposit('Bea', 100)
    expect(refusal(market.deposit('Cid', 100))).toBe('market-full')
    expect(refusal(market.deposit('Ann', 100))).toBeNull()
    expect(market.state.accounts.size).toBe(2)
  })

  test('another listing', () => {
    const market = at({ listingsOpenMax: 2 })
    const terms = { mode: 'fixed-rate', amount: 100 } as const
    market.list('Bob', terms)
    const car = market.list('Bob', terms)
    expect(refusal(market.ask(market.listing('Bob', terms)))).toBe('market-full')
    market.withdraw('Bob', car)
    expect(refusal(market.ask(market.listing('Bob', terms)))).toBeNull()
  })

  test('another bid, though an amendment needs no room', () => {
    const market = at({ bidsOpenMax: 2 })
    market.deposit('Ann', 100)
    const car = market.list('Bob', { mode: 'uniform-auction', amount: 100 })
    market.bid('Ann', car, 10)
    market.bid('Ann', car, 10)
    expect(refusal(market.bid('Ann', car, 10))).toBe('market-full')
    expect(refusal(market.amend('Ann', 1, 20, 1))).toBeNull()
    market.cancel('Ann', 1)
    expect(refusal(market.bid('Ann', car, 10))).toBeNull()
  })

  test('a source beyond the last so many pushes out the one unheard of for longest', () => {
    const market = at({ sourcesMax: 2 })
    for (const source of ['one', 'two', 'one', 'three']) market.enter([], source, 5)
    expect(market.enter([], 'one', 5).isDuplicate).toBe(true)
    expect(market.enter([], 'two', 5).isDuplicate).toBe(false)
    expect(market.state.sources.size).toBe(2)
  })
})
