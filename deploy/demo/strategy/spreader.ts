import { appeal, askingRate, bidOn, browse } from './strategy.ts'
import type { Strategy, Wish } from './strategy.ts'

const BATCH_MIN = 5
const BATCH_MAX = 20

/** Auto-invest as people write it for themselves: a batch of equal notes over many listings. */
export const spreader: Strategy = {
  name: 'spreader',
  share: 12,
  cashMinor: 1_000_000,
  savingsMinor: 300_000,
  decide(view) {
    const noteMinor = view.taste < 0.2 ? 2_500 : 5_000
    const count = view.random.between(BATCH_MIN, BATCH_MAX)
    const wishes = new Map<number, Wish>()
    let leftMinor = view.availableMinor
    for (let note = 0; note < count && leftMinor >= noteMinor; note++) {
      const listing = browse(view, 4, (seen) => (wishes.has(seen.listingId) ? 0 : appeal(seen)))
      if (listing === null) continue
      const rate = askingRate(listing, view.random, 0.88)
      const bid = rate === null ? null : bidOn(listing, noteMinor, rate, leftMinor)
      if (bid === null || bid.kind !== 'bid') continue
      wishes.set(listing.listingId, bid)
      leftMinor -= bid.amountMinor
    }
    return [...wishes.values()]
  },
}
