import type { AtMs, BidId, BidRank, Key, ListingId, Minor, RatePpm } from '../../../schema/index.ts'
import type { Account } from '../../cash/account.ts'

/** An open bid: it lies in the book of its listing and holds `acceptedMinor` of its owner's cash. Its
 *  terms change only while it is out of its book (amend-bid.ts). */
export interface Bid {
  readonly bidId: BidId
  readonly listingId: ListingId
  readonly account: Account
  /** What was asked for. */
  amountMinor: Minor
  /** What of it is in the book now. Always more than nothing while the bid is open. */
  acceptedMinor: number
  ratePpm: RatePpm
  /** Its place in time among equal rates, the lower the earlier: its id, or a later number of the same
   *  counter once it was amended. */
  place: number
  /** The least that it may be left with: with less it leaves the book whole. 0 for none of its own. */
  readonly minFillMinor: number
  readonly rank: BidRank
  readonly placedAtMs: AtMs
  /** Of the command that placed it; null where it is not known. */
  readonly key: Key | null
  /** The neighbours in the book's order, for books that keep their bids in a list. */
  better: Bid | null
  worse: Bid | null
}

/** Every bid is made here, so that all have one shape, those of a snapshot too. */
export function newBid(facts: Omit<Bid, 'better' | 'worse'>): Bid {
  return {
    bidId: facts.bidId,
    listingId: facts.listingId,
    account: facts.account,
    amountMinor: facts.amountMinor,
    acceptedMinor: facts.acceptedMinor,
    ratePpm: facts.ratePpm,
    place: facts.place,
    minFillMinor: facts.minFillMinor,
    rank: facts.rank,
    placedAtMs: facts.placedAtMs,
    key: facts.key,
    better: null,
    worse: null,
  }
}

/** Where bids that rank last begin: far behind every rate there is. */
export const LAST_FROM = 2 ** 30

/** A bid's standing in an auction, the lower the better: its rate, or, of one that ranks last, its rate behind all
 *  others'. */
export function standingOf({ ratePpm, rank }: Pick<Bid, 'ratePpm' | 'rank'>): number {
  return rank === 'last' ? LAST_FROM + ratePpm : ratePpm
}

/** What a better bid took away from this one. */
export interface Displaced {
  readonly bid: Bid
  readonly releasedMinor: number
}
