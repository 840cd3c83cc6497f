import { appeal, askingRate, bidOn, browse, noteMinor } from './strategy.ts'
import type { Strategy, View, Wish } from './strategy.ts'

/** A bid that has waited so long on a listing that nobody else wants is taken back. */
const PATIENCE_MS = 90_000
const SLOW = 0.3

/** Takes money out of what does not fill and puts it where it does. */
export const mover: Strategy = {
  name: 'mover',
  share: 14,
  cashMinor: 400_000,
  savingsMinor: 100_000,
  decide(view) {
    const stuck = stuckBid(view)
    const listing = browse(view, 14, (seen) => appeal(seen) * (0.5 + view.taste))
    const rate = listing === null ? null : askingRate(listing, view.random, 0.85)
    const bid =
      listing === null || rate === null
        ? null
        : bidOn(listing, noteMinor(view.random), rate, view.availableMinor)
    return [stuck, bid].filter((wish) => wish !== null)
  },
}

function stuckBid({ bids, listings, nowMs }: View): Wish | null {
  const slow = new Set(
    listings
      .filter(({ fundedMinor, amountMinor }) => fundedMinor < amountMinor * SLOW)
      .map(({ listingId }) => listingId),
  )
  const stuck = bids.find(
    ({ listingId, placedAtMs }) => nowMs - placedAtMs > PATIENCE_MS && slow.has(listingId),
  )
  return stuck === undefined ? null : { kind: 'cancel', bidId: stuck.bidId }
}
