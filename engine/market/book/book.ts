/** The one signature behind which every funding mode lives.
 *
 *  A book knows only its own bids: who may bid, whether the cash is there and what the market hears
 *  is the business of engine/market. Each mode has two books that must never differ: a naive one,
 *  obviously right, and a fast one.
 *
 *  What holds in every mode: a bid that is taken in, and one that a better bid leaves something of, has at least the
 *  listing's smallest bid and its own least fill (an underwriter's among those who come first may be left with less);
 *  what is funded never shrinks by a bid; what is left open to others is nothing or can be bid for.
 *
 *  A new funding mode is: a name in `FUNDING_MODES`, then the compiler asks for its row in
 *  `FAST_BOOKS` (books.ts) and in `NAIVE_BOOKS` (naive-books.ts). */
import type {
  BidRank,
  FundingMode,
  Minor,
  RatePpm,
  RejectCode,
  TimeInForce,
} from '../../../schema/index.ts'
import type { Bid, Displaced } from './bid.ts'

/** What of a listing's terms its book has to know. */
export interface BookTerms {
  readonly amountMinor: Minor
  /** The fixed rate, or the ceiling of an auction. */
  readonly ratePpm: RatePpm
  readonly minBidMinor: Minor
  /** Bids in the book at most. One that holds more already, from before the limit was lowered, keeps them. */
  readonly bidsMax: number
}

/** What a bid asks of a book. */
export interface Wish {
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
  /** The least that is to be taken in, and to stay; 0: the listing's smallest bid. */
  readonly minFillMinor: number
  readonly rank: BidRank
  readonly timeInForce: TimeInForce
}

/** Invariant: `fundedMinor` is the sum of what the bids accepted. Only a window that is shared out at its end takes
 *  in more than the listing's amount. */
export interface Book {
  readonly fundedMinor: number
  readonly bidCount: number
  /** Nothing can be bid any more that would change anything: the listing is full before its time. */
  readonly isComplete: boolean
  /** The rate at which the listing would close now. */
  clearingRatePpm(): RatePpm
  /** What its lenders would be paid together by the rule of Vickrey, Clarke and Groves, as one rate; the clearing rate
   *  in modes in which nobody's rate sets another's. */
  vcgRatePpm(): RatePpm
  /** How much of a wish would be taken in, always more than nothing, or why none of it. With
   *  `instead` as if that bid of the book were not there. Changes nothing. */
  quote(wish: Wish, instead: Bid | null): Minor | RejectCode
  /** Takes a bid in whose `acceptedMinor` is what `quote` said just before, newer than all others;
   *  lowers the bids that it displaces and tells them, worst first. */
  place(bid: Bid): readonly Displaced[]
  /** Puts a bid back while a snapshot is loaded, in the order of the places. */
  restore(bid: Bid): void
  /** Lowers an open bid, which keeps its place and something of what it had. */
  reduce(bid: Bid, releasedMinor: number): void
  /** Takes an open bid out. */
  cancel(bid: Bid): void
  /** How many bids one that adds `addedMinor` could displace at most. */
  displacedMax(addedMinor: number): number
  /** Lowers the bids to what the listing takes, at its end; tells what each gives back. */
  cutToSize(): readonly Displaced[]
  /** All bids, best first. */
  bids(): Bid[]
  /** What was wholly outbid and still counts as competition, by rate: for modes whose `vcgRatePpm` needs it. */
  lost(): readonly LostLevel[]
  restoreLost(level: LostLevel): void
}

/** Bids that a book let go, all of one rate. */
export type LostLevel = readonly [ratePpm: number, amountMinor: number]

export type BookRegistry = Readonly<Record<FundingMode, (terms: BookTerms) => Book>>

export const NONE_DISPLACED: readonly Displaced[] = []
export const NONE_LOST: readonly LostLevel[] = []

/** The least that a wish has to be given at once for it to be taken in. */
export function leastOf(
  { amountMinor, minFillMinor, timeInForce }: Wish,
  { minBidMinor }: BookTerms,
): number {
  if (timeInForce === 'fill-or-kill') return amountMinor
  return minFillMinor > minBidMinor ? minFillMinor : minBidMinor
}

/** What a better bid takes from one that it does not take whole: what it wants, as long as the rest is no less than the
 *  smallest bid and the bid's own least fill. */
export function partOf(
  { acceptedMinor, minFillMinor }: Bid,
  wantedMinor: number,
  { minBidMinor }: BookTerms,
): number {
  const floorMinor = minFillMinor > minBidMinor ? minFillMinor : minBidMinor
  const spareMinor = acceptedMinor - floorMinor
  if (wantedMinor <= spareMinor) return wantedMinor
  return spareMinor > 0 ? spareMinor : 0
}

/** The rate of a loan whose lenders each keep their own: weighted by their amounts, rounded up so that none gets less
 *  than asked. @param otherwise while there is no bid */
export function weightedRatePpm(
  bids: Iterable<Pick<Bid, 'acceptedMinor' | 'ratePpm'>>,
  otherwise: RatePpm,
): RatePpm {
  let amount = 0n
  let interest = 0n
  for (const { acceptedMinor, ratePpm } of bids) {
    amount += BigInt(acceptedMinor)
    interest += BigInt(acceptedMinor) * BigInt(ratePpm)
  }
  return amount === 0n ? otherwise : (Number((interest + amount - 1n) / amount) as RatePpm)
}
