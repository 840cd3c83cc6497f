import { isAuction } from '../../../schema/index.ts'
import { askingRate, bidOn, browse, noteMinor } from './strategy.ts'
import type { Strategy, View, Wish } from './strategy.ts'

/** Of the times it sees that a bid was partly outbid, it asks for less this often. */
const REPRICED = 0.5

/** Lives in auctions that are covered, and comes back a little cheaper each time it is outbid: with a new
 *  bid, or, while some of the old one is left, with another rate for it. */
export const undercutter: Strategy = {
  name: 'undercutter',
  share: 12,
  cashMinor: 500_000,
  savingsMinor: 150_000,
  decide(view) {
    const floor = 0.72 + view.taste * 0.2
    const repriced = view.random.chance(REPRICED) ? reprice(view, floor) : null
    if (repriced !== null) return [repriced]
    const listing = browse(view, 12, ({ mode, fundedMinor, amountMinor }) =>
      isAuction(mode) ? fundedMinor / amountMinor : 0,
    )
    if (listing === null) return []
    const rate = askingRate(listing, view.random, floor)
    if (rate === null) return []
    const bid = bidOn(listing, 2 * noteMinor(view.random), rate, view.availableMinor)
    return bid === null ? [] : [bid]
  },
}

/** The rate at which a bid that has lost some of its place in an auction would have all of it again. */
function reprice({ bids, listings, availableMinor, random }: View, floor: number): Wish | null {
  const squeezed = bids.filter(
    ({ amountMinor, acceptedMinor }) =>
      acceptedMinor < amountMinor && amountMinor - acceptedMinor <= availableMinor,
  )
  if (squeezed.length === 0) return null
  const { bidId, listingId, amountMinor, ratePpm } = random.pick(squeezed)
  const listing = listings.find((open) => open.listingId === listingId)
  if (listing === undefined || !isAuction(listing.mode)) return null
  const rate = askingRate(listing, random, floor)
  return rate === null || rate >= ratePpm
    ? null
    : { kind: 'amend', bidId, amountMinor, ratePpm: rate }
}
