import { describe, expect, test } from 'vitest'
import {
  applyEntry,
  createState,
  dueAtMs,
  dumpState,
  loadState,
  MARKET_LIMITS,
  nextDue,
} from '../../../engine/index.ts'
import { atMs, bidId, COMMANDS_PER_ENTRY_MAX } from '../../../schema/index.ts'
import type { ListingId } from '../../../schema/index.ts'
import { kinds, Market, refusal, START_MS } from '../market.ts'
import { writtenAt } from '../writing.ts'

test('listings close in the order of their time, and at the same time of their ids', () => {
  const market = new Market()
  for (const openMs of [9_000, 5_000, 7_000, 5_000])
    market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs })
  expect(nextDue(market.state)?.closesAtMs).toBe(START_MS + 5_000)
  expect(market.pass(8_000)).toMatchObject([{ listingId: 2 }, { listingId: 4 }, { listingId: 3 }])
  expect(nextDue(market.state)?.closesAtMs).toBe(START_MS + 9_000)
  market.pass(1_000)
  expect(nextDue(market.state)).toBeNull()
})

test('a listing that filled early is not closed again', () => {
  const market = new Market()
  market.deposit('Ann', 1_000)
  const early = market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs: 5_000 })
  const late = market.list('Bob', { mode: 'fixed-rate', amount: 100, openMs: 6_000 })
  market.bid('Ann', early, 100)
  market.review(early)
  expect(nextDue(market.state)?.closesAtMs).toBe(START_MS + 6_000)
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
    expect(nextDue(market.state)?.listingId).toBe(listings[2])
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

describe('when commands bring about more than their entry may', () => {
  const BIDS_EACH = 9_000
  const AMOUNT = BIDS_EACH + 1

  /** Two listings, each with nine thousand bids of a cent and one cent short. */
  function crowdedMarket(): { readonly market: Market; readonly listings: readonly ListingId[] } {
    const market = new Market()
    market.deposit('Ann', 3 * AMOUNT)
    const listings = [1, 2].map(() => market.list('Bob', { mode: 'fixed-rate', amount: AMOUNT }))
    for (const listing of listings)
      market.enter(Array.from({ length: BIDS_EACH }, () => market.bidOf('Ann', listing, 1)))
    return { market, listings }
  }

  test('a listing that is complete beyond that closes in the next entry, before all others', () => {
    const { market, listings } = crowdedMarket()
    const { answered } = market.enter(listings.map((listing) => market.bidOf('Ann', listing, 1)))
    expect(answered.map(kinds)).toEqual([['BidPlaced', 'ListingAllocated'], ['BidPlaced']])
    const waiting = nextDue(market.state)
    expect(waiting?.listingId).toBe(listings[1])
    expect(waiting && dueAtMs(waiting)).toBe(0)
    expect(kinds(market.pass(0))).toEqual(['ListingAllocated'])
    const stages = listings.map((listing) => market.state.listings.get(listing)?.stage)
    expect(stages).toEqual(['full', 'full'])
  })

  test('a loan that would be paid out beyond that is told to come again, its key unspent', () => {
    const { market, listings } = crowdedMarket()
    market.enter(listings.map((listing) => market.bidOf('Ann', listing, 1)))
    market.pass(0)
    for (const listing of listings) market.approve('Rex', listing)
    const approvals = listings.map((listing) => market.approvalOf('Ria', listing))
    const { answered } = market.enter(approvals)
    expect(answered.map(kinds)).toEqual([['ListingApproved', 'LoanDisbursed'], ['Refused']])
    const [again] = approvals.slice(1)
    expect(again && kinds(market.ask(again))).toEqual(['ListingApproved', 'LoanDisbursed'])
    expect(market.cash('Bob')).toEqual([2 * AMOUNT, 0])
  })

  test('meanwhile its book takes and lets go nothing, and it cannot be withdrawn', () => {
    const { market, listings } = crowdedMarket()
    const [full, waiting] = [listings[0] ?? 0, listings[1] ?? 0]
    const { answered } = market.enter([
      market.bidOf('Ann', full, 1),
      market.bidOf('Ann', waiting, 1),
      market.bidOf('Ann', waiting, 1),
      market.amendmentOf('Ann', 2 * BIDS_EACH, 1, 1),
      market.withdrawalOf('Bob', waiting),
    ])
    expect(answered.slice(2).map(refusal)).toEqual([
      'listing-closed',
      'bid-closed',
      'listing-closed',
    ])
  })

  test('an engine that starts from a snapshot knows that it waits', () => {
    const { market, listings } = crowdedMarket()
    const early = market.list('Bob', { mode: 'fixed-rate', amount: 5, openMs: 1_000 })
    market.enter(listings.map((listing) => market.bidOf('Ann', listing, 1)))
    const loaded = loadState(dumpState(market.state))
    expect(nextDue(loaded)?.listingId).toBe(listings[1])
    expect(loaded.timers.next?.listingId).not.toBe(early)
    const entry = { atMs: atMs(START_MS), source: 'gateway', batch: 99, commands: [] } as const
    const writing = writtenAt(entry.atMs)
    const next = { ...entry, writing, id: `${START_MS}-99` } as const
    expect(applyEntry(loaded, next)).toEqual(applyEntry(market.state, next))
  })

  test('a withdrawal is told to come again, and its key is not spent', () => {
    const { market, listings } = crowdedMarket()
    const withdrawals = listings.map((listing) => market.withdrawalOf('Bob', listing))
    const { answered } = market.enter(withdrawals)
    expect(answered.map(([answer]) => answer?.kind)).toEqual(['ListingWithdrawn', 'Refused'])
    expect(answered[1]).toMatchObject([{ code: 'busy' }])
    const [again] = withdrawals.slice(1)
    expect(again && kinds(market.ask(again))).toEqual(['ListingWithdrawn', 'BidsReleased'])
    expect(market.cash('Ann')).toEqual([3 * AMOUNT, 0])
  })

  test.each(['bid', 'amendment'] as const)('so is a %s that could displace too many', (what) => {
    const market = new Market(createState(undefined, { ...MARKET_LIMITS, causedRowsMax: 4 }))
    market.deposit('Ann', 1_000)
    market.deposit('Bea', 1_000)
    const terms = { mode: 'uniform-auction', amount: 30 } as const
    const [car, boat] = [market.list('Bob', terms), market.list('Bob', terms)]
    for (const listing of [car, boat])
      for (const rate of [90_000, 91_000, 92_000]) market.bid('Ann', listing, 10, rate)
    const better =
      what === 'bid' ? market.bidOf('Bea', boat, 20, 1) : market.amendmentOf('Ann', 4, 30, 1)
    const { answered } = market.enter([market.bidOf('Bea', car, 30, 1), better])
    expect(answered.map(kinds)).toEqual([
      ['BidPlaced', 'BidOutbid', 'BidOutbid', 'BidOutbid'],
      ['Refused'],
    ])
    expect(refusal(answered[1] ?? [])).toBe('busy')
    expect(kinds(market.ask(better)).slice(1)).toEqual(['BidOutbid', 'BidOutbid'])
  })

  test('an amendment displaces nobody by what the bid held before: it goes through', () => {
    const market = new Market(createState(undefined, { ...MARKET_LIMITS, causedRowsMax: 1 }))
    market.deposit('Ann', 1_000)
    market.deposit('Bea', 1_000)
    const terms = { mode: 'uniform-auction', amount: 30 } as const
    const [car, boat] = [market.list('Bob', terms), market.list('Bob', terms)]
    market.bid('Ann', car, 30, 90_000)
    market.bid('Ann', boat, 20, 90_000)
    const spends = market.bidOf('Bea', car, 30, 1)
    const { answered } = market.enter([spends, market.amendmentOf('Ann', 2, 30, 1)])
    expect(answered.map(kinds)).toEqual([['BidPlaced', 'BidOutbid'], ['BidAmended']])
  })

  test('two thousand commands that complete as many listings end no more than an entry may', () => {
    const market = new Market(createState(undefined, { ...MARKET_LIMITS, causedRowsMax: 100 }))
    market.deposit('Ann', 100_000)
    const listings = Array.from({ length: COMMANDS_PER_ENTRY_MAX }, () =>
      market.listing('Bob', { mode: 'fixed-rate', amount: 2 }),
    )
    market.enter(listings)
    const half = listings.map((_, index) => market.bidOf('Ann', index + 1, 1))
    market.enter(half)
    const { answered } = market.enter(half.map((bid) => ({ ...bid, key: market.newKey() })))
    const ended = answered.flat().filter(({ kind }) => kind === 'ListingAllocated')
    expect(ended).toHaveLength(33)
    const isLeft = (): boolean =>
      [...market.state.listings.values()].some((one) => dueAtMs(one) === 0)
    while (isLeft()) market.pass(0)
    for (const { stage } of market.state.listings.values()) expect(stage).toBe('full')
  })
})
