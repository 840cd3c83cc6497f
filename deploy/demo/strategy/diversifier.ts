import { appeal, askingRate, bidOn, browse } from './strategy.ts'
import type { Strategy } from './strategy.ts'

const NOTE_MINOR = 2_500

/** The smallest note there is, and never two in the same loan. */
export const diversifier: Strategy = {
  name: 'diversifier',
  share: 22,
  cashMinor: 100_000,
  savingsMinor: 50_000,
  decide(view) {
    const held = new Set(view.bids.map(({ listingId }) => listingId))
    const listing = browse(view, 10, (seen) => (held.has(seen.listingId) ? 0 : appeal(seen)))
    if (listing === null) return []
    const rate = askingRate(listing, view.random, 0.9)
    if (rate === null) return []
    const bid = bidOn(listing, NOTE_MINOR, rate, view.availableMinor)
    return bid === null ? [] : [bid]
  },
}
