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
  bids: OpenBid[]
  /** Withdrawn, and its bids not yet released. */
  isWithdrawn: boolean
}

export function bidOf({ bids }: OpenBook, bidId: number): OpenBid | undefined {
  return bids.find((bid) => bid.bidId === bidId)
}

export function sumOf(bids: readonly OpenBid[]): number {
  return bids.reduce((sum, bid) => sum + bid.acceptedMinor, 0)
}

/** What those leave over who were there first or, in an auction, ask for no more. */
export function roomAt({ mode, amountMinor, bids }: OpenBook, ratePpm: number): number {
  const ahead = mode === 'fixed-rate' ? bids : bids.filter((bid) => bid.ratePpm <= ratePpm)
  return amountMinor - sumOf(ahead)
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
