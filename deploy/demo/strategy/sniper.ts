import { isAuction } from '../../../schema/index.ts'
import { askingRate, bidOn, browse, noteMinor } from './strategy.ts'
import type { Strategy } from './strategy.ts'

/** Auctions are decided in their last seconds. */
export const LAST_MS = 6_000

/** Bids only when others have hardly any time left to answer. */
export const sniper: Strategy = {
  name: 'sniper',
  share: 8,
  cashMinor: 500_000,
  savingsMinor: 150_000,
  decide(view) {
    const closing = view.listings.filter(
      ({ mode, closesAtMs, fundedMinor, amountMinor }) =>
        isAuction(mode) && closesAtMs - view.nowMs < LAST_MS && fundedMinor >= amountMinor * 0.7,
    )
    const listing = browse({ ...view, listings: closing }, 3, ({ bidCount }) => 1 + bidCount)
    if (listing === null) return []
    const rate = askingRate(listing, view.random, 0.7)
    if (rate === null) return []
    const bid = bidOn(listing, 2 * noteMinor(view.random), rate, view.availableMinor)
    return bid === null ? [] : [bid]
  },
}
