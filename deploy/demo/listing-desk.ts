/** What comes onto the market: a real loan, in a mode, open for a while. */
import { minor } from '../../schema/index.ts'
import type { FundingMode, ListingRow, Minor } from '../../schema/index.ts'
import type { Loan } from './loans.ts'
import type { Random } from '../random.ts'

export interface Draft extends Loan {
  readonly mode: FundingMode
  readonly minBidMinor: Minor
  readonly openMs: number
  readonly floorMinor: number
}

export const MIN_BID = minor(2_500)
/** How often each mode is chosen, of a hundred. */
const MODES: readonly (readonly [FundingMode, number])[] = [
  ['fixed-rate', 55],
  ['uniform-auction', 25],
  ['pay-as-bid-auction', 10],
  ['pro-rata', 10],
]
/** Listings whose borrower takes less than all, and how much less at most. */
const FLOOR_SHARE = 0.25
const FLOOR_OF_AMOUNT = 0.6
/** Listings that are taken back before they close, of all that are opened. */
const WITHDRAWN_SHARE = 0.015
const OPEN_MS_MIN = 60_000
const OPEN_MS_MAX = 20 * 60_000
/** The mean of what `draftListing` draws: (max − min) / ln(max / min). */
export const OPEN_MS_MEAN = (OPEN_MS_MAX - OPEN_MS_MIN) / Math.log(OPEN_MS_MAX / OPEN_MS_MIN)

/** A loan's own amount, rate and term; in an auction its rate is the ceiling. Short listings are more
 *  common than long ones: the logarithm of the time is even. */
export function draftListing(loans: readonly Loan[], random: Random): Draft {
  const openMs = OPEN_MS_MIN * (OPEN_MS_MAX / OPEN_MS_MIN) ** random.next()
  const loan = random.pick(loans)
  return {
    ...loan,
    mode: drawMode(random),
    minBidMinor: MIN_BID,
    openMs: Math.round(openMs),
    floorMinor: random.chance(FLOOR_SHARE) ? Math.round(loan.amountMinor * FLOOR_OF_AMOUNT) : 0,
  }
}

function drawMode(random: Random): FundingMode {
  let left = random.below(100)
  for (const [mode, share] of MODES) {
    left -= share
    if (left < 0) return mode
  }
  return 'fixed-rate'
}

/** Asked once for each new listing: which of those that are open its borrower takes back, mostly none. Any
 *  of them, however far it is: whoever finds the money elsewhere does not look at the book. */
export function takenBack(listings: readonly ListingRow[], random: Random): ListingRow | null {
  return listings.length > 0 && random.chance(WITHDRAWN_SHARE) ? random.pick(listings) : null
}
