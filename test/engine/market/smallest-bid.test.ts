import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BIDS_PER_LISTING_MAX, FUNDING_MODES, minor, PLAIN_BID } from '../../../schema/index.ts'
import type { FundingMode, Minor } from '../../../schema/index.ts'
import { FAST_BOOKS } from '../../../engine/market/book/books.ts'
import { newBid } from '../../../engine/market/book/bid.ts'
import { Market, refusal } from '../market.ts'
import { holds } from '../seed.ts'
import { someBid } from '../some-bid.ts'

describe.each(FUNDING_MODES)('the smallest bid of a listing (%s)', (mode) => {
  test('10,000 bids of a cent cannot lock a listing: one that they do not cover is not opened', () => {
    const market = new Market()
    market.deposit('Ann', 20_000)
    const terms = { mode, amount: BIDS_PER_LISTING_MAX + 1, minBid: 1, openMs: 5_000 }
    expect(refusal(market.ask(market.listing('Bob', terms)))).toBe('listing-terms-invalid')
    const car = market.list('Bob', { ...terms, minBid: 2 })
    const bids = Array.from({ length: BIDS_PER_LISTING_MAX / 2 }, () => market.bidOf('Ann', car, 2))
    market.enter(bids)
    expect(refusal(market.bid('Ann', car, 1))).toBe('bid-below-minimum')
  })

  test('one that 10,000 of its smallest bids cover is opened, and covered by them', () => {
    const market = new Market()
    market.deposit('Ann', BIDS_PER_LISTING_MAX)
    const car = market.list('Bob', { mode, amount: BIDS_PER_LISTING_MAX, openMs: 5_000 })
    const bids = Array.from({ length: BIDS_PER_LISTING_MAX }, () => market.bidOf('Ann', car, 1))
    const { answered } = market.enter(bids)
    expect(answered.filter(([answer]) => answer?.kind !== 'BidPlaced')).toEqual([])
    const events = [...answered.flat(), ...market.pass(5_000)]
    expect(events.at(-1)).toMatchObject({ kind: 'ListingAllocated', listingId: car })
  })
})

test('every listing that is opened can be covered by its smallest bids, the last as small as need be', () => {
  const amounts = fc.oneof(
    fc.integer({ min: 1, max: 40_000 }),
    fc.integer({ min: 1, max: 1_000_000_000_000 }),
  )
  const above = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.nat())
  holds(
    60,
    fc.property(fc.constantFrom(...FUNDING_MODES), amounts, above, (mode, amount, more) => {
      const minBid = Math.max(1, Math.ceil(amount / BIDS_PER_LISTING_MAX) + more)
      const isOpened = opens(mode, amount, minBid)
      expect(isOpened).toBe(minBid <= amount && minBid * BIDS_PER_LISTING_MAX >= amount)
      if (isOpened) expect(filledBy(mode, minor(amount), minor(minBid))).toBe(amount)
    }),
  )
})

function opens(mode: FundingMode, amount: number, minBid: number): boolean {
  const market = new Market()
  const [answer] = market.ask(market.listing('Bob', { mode, amount, minBid }))
  return answer?.kind === 'ListingOpened'
}

/** What a book has accepted when it takes no smallest bid any more; where one of them would leave less
 *  than the minimum, the last takes all that is left. */
function filledBy(mode: FundingMode, amountMinor: Minor, minBidMinor: Minor): number {
  const rest = someBid(1)
  const book = FAST_BOOKS[mode]({
    amountMinor,
    ratePpm: rest.ratePpm,
    minBidMinor,
    bidsMax: BIDS_PER_LISTING_MAX,
  })
  for (let place = 1; book.fundedMinor < amountMinor; place++) {
    const leftMinor = amountMinor - book.fundedMinor
    const asked =
      leftMinor < 2 * minBidMinor ? minor(Math.max(leftMinor, minBidMinor)) : minBidMinor
    const acceptedMinor = book.quote(
      { ...PLAIN_BID, amountMinor: asked, ratePpm: rest.ratePpm },
      null,
    )
    if (typeof acceptedMinor === 'string') return book.fundedMinor
    book.place(newBid({ ...rest, amountMinor: asked, acceptedMinor, place }))
  }
  return book.fundedMinor
}
