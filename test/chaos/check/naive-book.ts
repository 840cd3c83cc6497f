/** One listing's book kept in the most obvious way, from events alone: an array in no order, sorted and
 *  summed anew whenever it matters. */
import type { Fill } from '../../../schema/index.ts'

export interface OpenBid {
  readonly bidId: number
  readonly accountId: number
  amountMinor: number
  acceptedMinor: number
  ratePpm: number
  /** In time, among equal rates. */
  place: number
}

export interface OpenBook {
  readonly borrowerId: number
  readonly mode: string
  readonly amountMinor: number
  readonly ceilingPpm: number
  readonly minBidMinor: number
  bids: OpenBid[]
  /** `ending`: withdrawn, rejected or not reviewed in time, and its bids not yet released. */
  stage: 'open' | 'full' | 'ending'
  readonly approvedBy: number[]
}

export function bidOf({ bids }: OpenBook, bidId: number): OpenBid | undefined {
  return bids.find((bid) => bid.bidId === bidId)
}

export function sumOf(bids: readonly OpenBid[]): number {
  return bids.reduce((sum, bid) => sum + bid.acceptedMinor, 0)
}

/** What of a bid fits into what is left and, in an auction, into the place of those who ask for more, the worst first.
 *  Nobody who stays is left with less than the smallest bid. */
export function roomAt(
  { mode, amountMinor, minBidMinor, bids }: OpenBook,
  ratePpm: number,
  wantedMinor: number,
): number {
  let roomMinor = Math.min(wantedMinor, amountMinor - sumOf(bids))
  const worse = mode === 'fixed-rate' ? [] : bids.filter((bid) => bid.ratePpm > ratePpm)
  for (const { acceptedMinor } of worse.toSorted(byRate).toReversed()) {
    const missingMinor = wantedMinor - roomMinor
    if (missingMinor < acceptedMinor)
      return roomMinor + Math.max(0, Math.min(missingMinor, acceptedMinor - minBidMinor))
    roomMinor += acceptedMinor
  }
  return roomMinor
}

export function worstOf({ bids }: OpenBook): OpenBid | undefined {
  let worst = bids[0]
  for (const bid of bids) if (worst !== undefined && byRate(worst, bid) < 0) worst = bid
  return worst
}

/** A fixed-rate listing knows only the order of arrival. */
export function bestFirst({ mode, bids }: OpenBook): OpenBid[] {
  return bids.toSorted((a, b) => (mode === 'fixed-rate' ? a.place - b.place : byRate(a, b)))
}

/** Negative when `a` comes before `b` in an auction. */
function byRate(a: OpenBid, b: OpenBid): number {
  return a.ratePpm - b.ratePpm || a.place - b.place
}

export function isSameBids(bids: readonly OpenBid[], fills: readonly Fill[]): boolean {
  return (
    bids.length === fills.length &&
    bids.every((bid, index) => {
      const fill = fills[index]
      return fill?.bidId === bid.bidId && fill.amountMinor === bid.acceptedMinor
    })
  )
}
