/** A listing's life before and after its bidding. */
import { describe, expect, test } from 'vitest'
import { dumpState, loadState } from '../../../engine/index.ts'
import { REVIEW_MS_MAX } from '../../../schema/index.ts'
import { kinds, Market, placed, refusal } from '../market.ts'

function full(): { market: Market; car: number } {
  const market = new Market()
  for (const name of ['Ann', 'Bea']) market.deposit(name, 10_000)
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000 })
  market.bid('Ann', car, 600)
  market.bid('Bea', car, 400)
  return { market, car }
}

describe('a full listing waits for two reviewers', () => {
  test('the first approval pays nothing out, the second does, in the same step', () => {
    const { market, car } = full()
    expect(market.approve('Rex', car)).toMatchObject([{ kind: 'ListingApproved', approvals: 1 }])
    expect(market.cash('Bob')).toEqual([0, 0])
    expect(kinds(market.approve('Ria', car))).toEqual(['ListingApproved', 'LoanDisbursed'])
    expect(market.cash('Bob')).toEqual([1_000, 0])
    expect(market.cash('Ann')).toEqual([9_400, 0])
  })

  test('each winning bid becomes a claim with an id of its own, numbered without gaps', () => {
    const { market, car } = full()
    expect(market.review(car).at(-1)).toMatchObject({ firstClaimId: 1 })
    const boat = market.list('Bob', { mode: 'fixed-rate', amount: 100 })
    market.bid('Ann', boat, 100)
    expect(market.review(boat).at(-1)).toMatchObject({ firstClaimId: 3 })
  })

  test.each(['Bob', 'Ann', 'Rex'])('%s, who borrows, lends or has approved it, is none', (name) => {
    const { market, car } = full()
    market.approve('Rex', car)
    expect(refusal(market.approve(name, car))).toBe('reviewer-not-independent')
    expect(refusal(market.reject(name, car))).toBe('reviewer-not-independent')
  })

  test('a rejection gives every bidder the cash back in one step', () => {
    const { market, car } = full()
    market.approve('Rex', car)
    expect(market.reject('Ria', car)).toMatchObject([
      { kind: 'ListingRejected', releasedMinor: 1_000, bidCount: 2 },
      { kind: 'BidsReleased', cause: 'rejected', released: [{}, {}] },
    ])
    expect(market.cash('Ann')).toEqual([10_000, 0])
    expect(refusal(market.approve('Rex', car))).toBe('listing-not-full')
  })

  test('so does time, when nobody reviews it', () => {
    const { market, car } = full()
    market.approve('Rex', car)
    expect(market.pass(REVIEW_MS_MAX - 1)).toEqual([])
    expect(kinds(market.pass(1))).toEqual(['ReviewLapsed', 'BidsReleased'])
    expect(market.cash('Bea')).toEqual([10_000, 0])
    expect(market.state.listings.get(car as never)).toBeUndefined()
  })

  test('meanwhile nothing changes in its book, and its borrower cannot withdraw it', () => {
    const { market, car } = full()
    expect(refusal(market.cancel('Ann', 1))).toBe('bid-closed')
    expect(refusal(market.amend('Ann', 1, 10, 100_000))).toBe('bid-closed')
    expect(refusal(market.bid('Ann', car, 10))).toBe('listing-closed')
    expect(refusal(market.withdraw('Bob', car))).toBe('listing-closed')
  })

  test('an engine that starts from a snapshot knows who has approved it', () => {
    const { market, car } = full()
    market.approve('Rex', car)
    const later = new Market(loadState(dumpState(market.state)))
    expect(later.state.listings.get(car as never)).toMatchObject({
      stage: 'full',
      approvedBy: market.idOf('Rex'),
    })
  })

  test('one that is open, or is none, cannot be reviewed', () => {
    const { market } = full()
    const open = market.list('Bob', { mode: 'fixed-rate', amount: 100 })
    expect(refusal(market.approve('Rex', open))).toBe('listing-not-full')
    expect(refusal(market.approve('Rex', 99))).toBe('listing-unknown')
  })
})

describe('a scheduled listing', () => {
  const TERMS = { mode: 'fixed-rate', amount: 1_000, opensInMs: 5_000, openMs: 10_000 } as const

  test('takes bids from its opening time on, and closes as long after as it was to be open', () => {
    const market = new Market()
    market.deposit('Ann', 10_000)
    const car = market.list('Bob', TERMS)
    expect(refusal(market.bid('Ann', car, 100))).toBe('listing-scheduled')
    expect(kinds(market.pass(5_000))).toEqual(['BiddingOpened'])
    expect(placed(market.bid('Ann', car, 100)).acceptedMinor).toBe(100)
    expect(market.pass(9_999)).toEqual([])
    expect(kinds(market.pass(1))).toEqual(['ListingExpired'])
  })

  test('opens and closes in one entry when nothing came meanwhile', () => {
    const market = new Market()
    market.list('Bob', TERMS)
    expect(kinds(market.pass(60_000))).toEqual(['BiddingOpened', 'ListingExpired'])
  })

  test('can be withdrawn before', () => {
    const market = new Market()
    const car = market.list('Bob', TERMS)
    expect(kinds(market.withdraw('Bob', car))).toEqual(['ListingWithdrawn', 'BidsReleased'])
  })
})

describe('a borrower who takes less', () => {
  const AUCTION = { mode: 'uniform-auction', amount: 1_000, rate: 150_000, floor: 600 } as const

  test.each([
    [599, 'ListingExpired'],
    [600, 'ListingAllocated'],
  ])('with %i of 1,000 and a floor of 600: %s', (bid, kind) => {
    const market = new Market()
    market.deposit('Ann', 10_000)
    const car = market.list('Bob', AUCTION)
    market.bid('Ann', car, bid, 100_000)
    expect(kinds(market.pass(60_000))).toEqual([kind])
  })

  test('gets what there is, at the ceiling while nobody competes', () => {
    const market = new Market()
    market.deposit('Ann', 10_000)
    const car = market.list('Bob', AUCTION)
    market.bid('Ann', car, 700, 100_000)
    market.pass(60_000)
    expect(market.review(car)[2]).toMatchObject({ amountMinor: 700, ratePpm: 150_000 })
    expect(market.cash('Bob')).toEqual([700, 0])
  })

  test('cannot ask for a floor above the amount', () => {
    const market = new Market()
    const [answer] = market.ask(market.listing('Bob', { ...AUCTION, floor: 1_001 }))
    expect(answer).toMatchObject({ kind: 'Refused', code: 'listing-terms-invalid' })
  })
})

describe('the rate by Vickrey, Clarke and Groves', () => {
  test('is what the bids that were kept out would have cost, and the ceiling beyond them', () => {
    const market = new Market()
    market.deposit('Ann', 100_000)
    const terms = { mode: 'uniform-auction', amount: 1_000, rate: 200_000, minBid: 10 } as const
    const car = market.list('Bob', terms)
    market.bid('Ann', car, 600, 140_000)
    market.bid('Ann', car, 400, 130_000)
    // Puts the first out whole and of the second nothing: it lost 600 at 14 %.
    market.bid('Ann', car, 600, 100_000)
    const [full] = market.pass(60_000)
    // The 600 would have cost 14 %, and so would the 400.
    expect(full).toMatchObject({ ratePpm: 130_000, vcgRatePpm: 140_000 })
  })

  test('a bid is no competition of its own: beyond the others counts the ceiling', () => {
    const market = new Market()
    market.deposit('Ann', 100_000)
    const terms = { mode: 'uniform-auction', amount: 1_000, rate: 200_000, minBid: 10 } as const
    const car = market.list('Bob', terms)
    market.bid('Ann', car, 900, 120_000)
    market.bid('Ann', car, 500, 100_000)
    // 500 of the first are left; its other 400 compete with the second only, which took 500.
    const [full] = market.pass(60_000)
    const second = 400 * 120_000 + 100 * 200_000
    const first = 500 * 200_000
    expect(full).toMatchObject({ vcgRatePpm: (first + second) / 1_000 })
  })
})
