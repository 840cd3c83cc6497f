import { appeal, askingRate, bidOn, browse, noteMinor } from './strategy.ts'
import type { Strategy, View } from './strategy.ts'
import type { ListingRow } from '../../../schema/index.ts'

/** Only good grades and short terms, or only high rates: each has a rule and keeps to it. */
export const picky: Strategy = {
  name: 'picky',
  share: 28,
  cashMinor: 300_000,
  savingsMinor: 100_000,
  decide(view) {
    const suits = ruleOf(view)
    const listing = browse(view, 16, (seen) => (suits(seen) ? appeal(seen) : 0))
    if (listing === null) return []
    const rate = askingRate(listing, view.random, 0.85)
    if (rate === null) return []
    const bid = bidOn(listing, noteMinor(view.random), rate, view.availableMinor)
    return bid === null ? [] : [bid]
  },
}

function ruleOf({ taste }: View): (listing: ListingRow) => boolean {
  if (taste < 0.35) return ({ grade, termMonths }) => grade <= 'B' && termMonths === 36
  if (taste < 0.7) return ({ ratePpm }) => ratePpm >= 120_000 + taste * 60_000
  return ({ purpose }) => purpose !== 'other' && purpose !== 'debt_consolidation'
}
