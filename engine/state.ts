/** All that the engine holds. Mutated only by the functions of this folder, only in `apply`.
 *
 *  Maps are read by key only, never in their order, except by the snapshot; what order matters to
 *  (timers, keys, sources) is kept by a structure of its own. */
import { bidId, claimId, GENESIS, listingId, sequence } from '../schema/index.ts'
import type {
  AccountId,
  AtMs,
  BidId,
  ClaimId,
  Digest,
  EntryId,
  ListingId,
  Sequence,
} from '../schema/index.ts'
import type { Account } from './cash/account.ts'
import type { Bid } from './market/book/bid.ts'
import type { BookRegistry } from './market/book/book.ts'
import { EndedBids } from './market/ended-bids.ts'
import { FAST_BOOKS } from './market/book/books.ts'
import type { CashTotals } from './cash/cash.ts'
import { DigestSum } from './digest/digest.ts'
import type { Trace } from './digest/trace.ts'
import { KeyMemory } from './keys/key-memory.ts'
import { MARKET_LIMITS } from './market-limits.ts'
import type { MarketLimits } from './market-limits.ts'
import type { Listing } from './market/listing.ts'
import { OpenBidTable } from './market/open-bid-table.ts'
import type { SnapshotCut } from './snapshot/cut.ts'
import { SourceMemory } from './source-memory.ts'
import { TimerQueue } from './market/timer-queue.ts'

export interface State {
  readonly limits: MarketLimits
  readonly books: BookRegistry
  /** The last entry that was applied: its place and its id. */
  sequence: Sequence
  id: EntryId
  /** The time of the journal's first entry; 0 before it. */
  epochMs: AtMs | 0
  nextListingId: ListingId
  nextBidId: BidId
  nextClaimId: ClaimId
  readonly accounts: Map<AccountId, Account>
  /** Those on their way to a loan, with the bids in their books. */
  readonly listings: Map<ListingId, Listing>
  readonly bids: OpenBidTable<Bid>
  readonly endedBids: EndedBids
  readonly timers: TimerQueue
  readonly cash: CashTotals
  readonly keys: KeyMemory
  readonly sources: SourceMemory
  digest: DigestSum
  /** Over all that was said; null before the first entry that says how it was written. */
  trace: Trace | null
  /** The snapshot being taken while the engine goes on, which is told what is about to change. */
  cut: SnapshotCut | null
}

/** What the state and all that was said come to. */
export function digestOf({ digest, trace }: State): Digest {
  return trace === null ? digest.hex() : `${digest.hex()}.${trace.hex()}`
}

/** An empty market before the first entry. Tests give it the naive books and small limits. */
export function createState(
  books: BookRegistry = FAST_BOOKS,
  limits: MarketLimits = MARKET_LIMITS,
): State {
  const accounts = new Map<AccountId, Account>()
  return {
    limits,
    books,
    sequence: sequence(0),
    id: GENESIS,
    epochMs: 0,
    nextListingId: listingId(1),
    nextBidId: bidId(1),
    nextClaimId: claimId(1),
    accounts,
    listings: new Map(),
    bids: new OpenBidTable(),
    endedBids: new EndedBids(limits.bidsEndedKnownMax),
    timers: new TimerQueue(),
    cash: { depositedMinor: 0, availableMinor: 0, heldMinor: 0 },
    keys: new KeyMemory(accounts, limits),
    sources: new SourceMemory(limits.sourcesMax),
    digest: new DigestSum(),
    trace: null,
    cut: null,
  }
}
