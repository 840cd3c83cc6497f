import { appeal, askingRate, bidOn, browse } from './strategy.ts'
import type { Strategy } from './strategy.ts'

/** Of the times it looks, it acts this often. */
const SELDOM = 0.08
const PART_MAX = 0.25

/** Few, with much: takes up to a quarter of a loan that is already well on its way. */
export const whale: Strategy = {
  name: 'whale',
  share: 4,
  cashMinor: 20_000_000,
  savingsMinor: 5_000_000,
  decide(view) {
    if (!view.random.chance(SELDOM)) return []
    const listing = browse(view, 20, (seen) =>
      seen.fundedMinor > seen.amountMinor * 0.4 ? appeal(seen) : 0,
    )
    if (listing === null) return []
    const rate = askingRate(listing, view.random, 0.9)
    if (rate === null) return []
    const part = 0.05 + view.random.next() * (PART_MAX - 0.05)
    const wantedMinor = Math.round((listing.amountMinor * part) / 10_000) * 10_000
    const bid = bidOn(listing, Math.max(10_000, wantedMinor), rate, view.availableMinor)
    return bid === null ? [] : [bid]
  },
}
