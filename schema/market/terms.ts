/** The closed lists that listings and bids speak in. Each grows at its end only: the journal keeps places.
 *  Without zod: the browser loads them. */
import { BIDS_PER_LISTING_MAX } from '../limit.ts'

/** How a listing is funded. One file in `engine/market/book` each. */
export const FUNDING_MODES = ['fixed-rate', 'uniform-auction'] as const
export type FundingMode = (typeof FUNDING_MODES)[number]

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
 *  listing could never be funded. */
export function misfitOf(
  terms: { readonly amountMinor: number; readonly minBidMinor: number },
  bidsMax = BIDS_PER_LISTING_MAX,
): 'minBidMinor' | null {
  const { amountMinor, minBidMinor } = terms
  const isCoverable = minBidMinor * bidsMax >= amountMinor
  return minBidMinor <= amountMinor && isCoverable ? null : 'minBidMinor'
}

export const LISTING_STATUSES = ['open', 'funded', 'expired', 'withdrawn'] as const
export type ListingStatus = (typeof LISTING_STATUSES)[number]

/** `withdrawn`: the listing was, and the bid with it. */
export const BID_STATUSES = ['open', 'outbid', 'cancelled', 'won', 'expired', 'withdrawn'] as const
export type BidStatus = (typeof BID_STATUSES)[number]
