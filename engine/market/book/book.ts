/** The one signature behind which every funding mode lives.
 *
 *  A book knows only its own bids: who may bid, whether the cash is there and what the market hears
 *  is the business of engine/market. Each mode has two books that must never differ: a naive one,
 *  obviously right, and a fast one.
 *
 *  A new funding mode is: a name in `FUNDING_MODES`, then the compiler asks for its row in
 *  `FAST_BOOKS` (books.ts) and in `NAIVE_BOOKS` (naive-books.ts). */
import type { FundingMode, Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
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

/** Invariant: `fundedMinor` is the sum of what the bids accepted, and never above the amount. */
export interface Book {
  readonly fundedMinor: number
  readonly bidCount: number
  /** True: the listing is allocated in the moment it is covered. False: only at its closing time. */
  readonly closesWhenCovered: boolean
  /** The rate at which the listing would close now. */
  clearingRatePpm(): RatePpm
  /** How much of an offer would be taken in, always more than nothing, or why none of it. With
   *  `instead` as if that bid of the book were not there. Changes nothing. */
  quote(amountMinor: Minor, ratePpm: RatePpm, instead: Bid | null): Minor | RejectCode
  /** Takes a bid in whose `acceptedMinor` is what `quote` said just before, newer than all others;
   *  lowers the bids that it displaces and tells them, worst first. */
  place(bid: Bid): readonly Displaced[]
  /** Puts a bid back while a snapshot is loaded, in the order of the places. */
  restore(bid: Bid): void
  /** Lowers an open bid, which keeps its place and something of what it had. */
  reduce(bid: Bid, releasedMinor: number): void
  /** Takes an open bid out. */
  cancel(bid: Bid): void
  /** All bids, best first. */
  bids(): Bid[]
}

export type BookRegistry = Readonly<Record<FundingMode, (terms: BookTerms) => Book>>

export const NONE_DISPLACED: readonly Displaced[] = []
