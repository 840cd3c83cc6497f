import { askingRate, bidOn, browse, noteMinor } from './strategy.ts'
import type { Strategy } from './strategy.ts'

/** Lives in auctions that are covered, and comes back a little cheaper each time it is outbid. */
export const undercutter: Strategy = {
  name: 'undercutter',
  share: 12,
  cashMinor: 500_000,
  savingsMinor: 150_000,
  decide(view) {
    const floor = 0.72 + view.taste * 0.2
    const listing = browse(view, 12, ({ mode, fundedMinor, amountMinor }) =>
      mode === 'uniform-auction' ? fundedMinor / amountMinor : 0,
    )
    if (listing === null) return []
    const rate = askingRate(listing, view.random, floor)
    if (rate === null) return []
    const bid = bidOn(listing, 2 * noteMinor(view.random), rate, view.availableMinor)
    return bid === null ? [] : [bid]
  },
}
