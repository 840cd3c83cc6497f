import type {
  AccountId,
  AtMs,
  BidId,
  BidRank,
  BidRow,
  BidStatus,
  FillRow,
  Key,
  ListingId,
  Minor,
  RatePpm,
} from '../../schema/index.ts'

/** A bid as the gateway knows it while it is open, and once more as it ends. Mutated by the view. */
export interface OpenBid {
  readonly bidId: BidId
  readonly listingId: ListingId
  readonly accountId: AccountId
  amountMinor: Minor
  ratePpm: RatePpm
  /** What was taken into the book when it was placed, and at which rate. */
  readonly placedMinor: Minor
  readonly placedRatePpm: RatePpm
  readonly placedAtMs: AtMs
  acceptedMinor: Minor
  status: BidStatus
  /** The rate of the loan that it has won a part of. */
  wonRatePpm: RatePpm | null
  /** Of the command that placed it; null where it is not known. */
  readonly key: Key | null
  readonly minFillMinor: number
  readonly rank: BidRank
  /** Its neighbours among the open bids of its account, in the order they came. */
  before: OpenBid | null
  after: OpenBid | null
}

export function bidRow(bid: OpenBid): BidRow {
  const { bidId, listingId, amountMinor, acceptedMinor, ratePpm, status, placedAtMs, key } = bid
  const earnedRatePpm = bid.wonRatePpm ?? ratePpm
  const terms = { amountMinor, acceptedMinor, ratePpm, earnedRatePpm }
  const { minFillMinor, rank } = bid
  return { bidId, listingId, ...terms, status, placedAtMs, key, minFillMinor, rank }
}

/** The bid as the tape shows it: what it brought in, whatever became of it since. */
export function fillRow(bid: OpenBid): FillRow {
  const { bidId, listingId, placedMinor, placedRatePpm, placedAtMs } = bid
  return { bidId, listingId, amountMinor: placedMinor, ratePpm: placedRatePpm, atMs: placedAtMs }
}
