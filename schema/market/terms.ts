/** The closed lists that listings and bids speak in. Each grows at its end only: the journal keeps places.
 *  Without zod: the browser loads them. */
import { BIDS_PER_LISTING_MAX } from '../limit.ts'

/** How a listing is funded. One file in `engine/market/book` each. */
export const FUNDING_MODES = [
  'fixed-rate',
  'uniform-auction',
  'pay-as-bid-auction',
  'pro-rata',
  'rate-book',
] as const
export type FundingMode = (typeof FUNDING_MODES)[number]

/** Whether a lower rate takes the place of a higher one. */
export function isAuction(mode: FundingMode): boolean {
  return mode === 'uniform-auction' || mode === 'pay-as-bid-auction'
}

/** Whether a lender's own rate matters: else all earn the listing's. */
export function asksRate(mode: FundingMode): boolean {
  return isAuction(mode) || mode === 'rate-book'
}

/** Whether each lender earns the own rate, rather than all the loan's. */
export function earnsOwnRate(mode: FundingMode): boolean {
  return mode === 'pay-as-bid-auction' || mode === 'rate-book'
}

/** How long a bid stands for what is not taken in at once. `fill-or-kill`: all of it at once or nothing of it.
 *  `immediate-or-cancel`: what can be taken in at once, which is also all that a bid that stands until the closing ever
 *  gets in a listing's book; a window that decides at its end takes neither. */
export const TIMES_IN_FORCE = ['until-closed', 'immediate-or-cancel', 'fill-or-kill'] as const
export type TimeInForce = (typeof TIMES_IN_FORCE)[number]

/** Where a bid stands among the others. `last`: behind all, whatever its rate, as an underwriter's does that steps in
 *  for what nobody else takes. */
export const BID_RANKS = ['by-rate', 'last'] as const
export type BidRank = (typeof BID_RANKS)[number]

/** What a bid and a listing ask for that say nothing of it. */
export const PLAIN_BID = { minFillMinor: 0, rank: 'by-rate', timeInForce: 'until-closed' } as const
export const PLAIN_LISTING = { floorMinor: 0, opensInMs: 0 } as const

export const GRADES = ['A', 'B', 'C', 'D', 'E', 'F', 'G'] as const
export type Grade = (typeof GRADES)[number]

export const PURPOSES = [
  'car',
  'credit_card',
  'debt_consolidation',
  'home_improvement',
  'house',
  'major_purchase',
  'medical',
  'moving',
  'other',
  'renewable_energy',
  'small_business',
  'vacation',
] as const
export type Purpose = (typeof PURPOSES)[number]

/** The first of a listing's terms that does not fit the others; null when all fit. So many of the smallest
 *  bids as a book may have must cover the amount: otherwise a book full of them would take no more, and the
 *  listing could never be funded. A floor is no more than the amount. */
export function misfitOf(
  terms: {
    readonly amountMinor: number
    readonly minBidMinor: number
    readonly floorMinor?: number
  },
  bidsMax = BIDS_PER_LISTING_MAX,
): 'minBidMinor' | 'floorMinor' | null {
  const { amountMinor, minBidMinor, floorMinor = 0 } = terms
  const isCoverable = minBidMinor * bidsMax >= amountMinor
  if (minBidMinor > amountMinor || !isCoverable) return 'minBidMinor'
  return floorMinor > amountMinor ? 'floorMinor' : null
}

/** The first of a bid's terms that does not fit the others; null when all fit. No more than all can be the least that
 *  is to be taken in, and who takes what nobody else wants cannot ask for a least. */
export function bidMisfitOf(terms: {
  readonly amountMinor: number
  readonly minFillMinor: number
  readonly rank: BidRank
}): 'minFillMinor' | null {
  const { amountMinor, minFillMinor, rank } = terms
  return minFillMinor > amountMinor || (rank === 'last' && minFillMinor > 0) ? 'minFillMinor' : null
}

/** `full`: funded, and waits for its two reviews; `in-review`: one of them is there. `funded`: its loan is paid out.
 *  `expired`: not funded in time. `rejected` in a review, `lapsed` when nobody reviewed it in time. */
export const LISTING_STATUSES = [
  'open',
  'funded',
  'expired',
  'withdrawn',
  'scheduled',
  'full',
  'in-review',
  'rejected',
  'lapsed',
] as const
export type ListingStatus = (typeof LISTING_STATUSES)[number]

/** Those of a listing that is still on its way. */
export const LIVE_LISTING_STATUSES = ['scheduled', 'open', 'full', 'in-review'] as const
export type LiveListingStatus = (typeof LIVE_LISTING_STATUSES)[number]

/** How a listing ended that was let go with its bids, see `BidsReleased`. */
export const RELEASE_CAUSES = ['withdrawn', 'rejected', 'lapsed'] as const
export type ReleaseCause = (typeof RELEASE_CAUSES)[number]

/** `withdrawn`, `rejected`, `lapsed`: the listing was, and the bid with it. */
export const BID_STATUSES = [
  'open',
  'outbid',
  'cancelled',
  'won',
  'expired',
  'withdrawn',
  'rejected',
  'lapsed',
] as const
export type BidStatus = (typeof BID_STATUSES)[number]
