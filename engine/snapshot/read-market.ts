/** What a snapshot says of the market, for readers who build a view of it: the cash, the
 *  listings on their way and the open bids. Keys, sources and ended bids are the engine's own business. */
import { assert, BID_RANKS, FUNDING_MODES, GRADES, named, PURPOSES } from '../../schema/index.ts'
import type {
  AccountId,
  AtMs,
  BidId,
  BidRank,
  Digest,
  EntryId,
  FundingMode,
  Grade,
  Key,
  ListingId,
  LiveListingStatus,
  Minor,
  Purpose,
  RatePpm,
  Sequence,
} from '../../schema/index.ts'
import { metaRow, rowsOf, stageIn } from './snapshot-rows.ts'
import type { SnapshotChunk, SnapshotRows } from './snapshot-rows.ts'

export interface SnapshotMarket {
  readonly meta: SnapshotMeta
  readonly accounts: readonly SnapshotAccount[]
  readonly listings: readonly SnapshotListing[]
  /** In the order of the ids. */
  readonly bids: readonly SnapshotBid[]
}

/** The entry after which the snapshot was taken. */
export interface SnapshotMeta {
  readonly sequence: Sequence
  readonly id: EntryId
  readonly digest: Digest
  readonly epochMs: AtMs | 0
  readonly nextListingId: ListingId
  readonly nextBidId: BidId
}

export interface SnapshotAccount {
  readonly accountId: AccountId
  readonly availableMinor: Minor
  readonly heldMinor: Minor
}

export interface SnapshotListing {
  readonly listingId: ListingId
  readonly borrowerId: AccountId
  readonly mode: FundingMode
  readonly grade: Grade
  readonly purpose: Purpose
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
  readonly termMonths: number
  readonly minBidMinor: Minor
  readonly openedAtMs: AtMs
  readonly opensAtMs: AtMs
  readonly closesAtMs: AtMs
  readonly floorMinor: Minor
  readonly status: LiveListingStatus
  readonly reviewByMs: AtMs | 0
  readonly fundedMinor: Minor
  readonly bidCount: number
  /** The rate at which it would close now. */
  readonly clearingRatePpm: RatePpm
}

export interface SnapshotBid {
  readonly bidId: BidId
  readonly listingId: ListingId
  readonly accountId: AccountId
  readonly amountMinor: Minor
  readonly acceptedMinor: Minor
  readonly ratePpm: RatePpm
  readonly placedAtMs: AtMs
  /** Its place in time among equal rates. */
  readonly place: number
  /** Of the command that placed it; null where it is not known. */
  readonly key: Key | null
  readonly minFillMinor: number
  readonly rank: BidRank
}

/** Takes the chunks in the order in which `dumpState` gave them. */
export function readMarket(chunks: Iterable<SnapshotChunk>): SnapshotMarket {
  let meta: SnapshotRows['meta'] | null = null
  const accounts: SnapshotAccount[] = []
  const listings: SnapshotListing[] = []
  const bids: SnapshotBid[] = []
  for (const chunk of chunks) {
    if (chunk.section === 'meta') meta = metaRow(chunk)
    if (chunk.section === 'accounts') accounts.push(...rowsOf(chunk, 'accounts').map(readAccount))
    if (chunk.section === 'listings') listings.push(...rowsOf(chunk, 'listings').map(readListing))
    if (chunk.section === 'bids') bids.push(...rowsOf(chunk, 'bids').map(readBid))
  }
  assert(meta !== null, 'a snapshot begins with its meta row')
  assert(accounts.length === meta[8], 'the snapshot has all accounts')
  assert(listings.length === meta[9], 'the snapshot has all listings')
  assert(bids.length === meta[10], 'the snapshot has all bids')
  return { meta: readMeta(meta), accounts, listings, bids }
}

function readMeta(row: SnapshotRows['meta']): SnapshotMeta {
  const [, sequence, id, digest, epochMs, nextListingId, nextBidId] = row
  return { sequence, id, digest, epochMs, nextListingId, nextBidId }
}

function readAccount(row: SnapshotRows['accounts']): SnapshotAccount {
  const [accountId, availableMinor, heldMinor] = row
  return { accountId, availableMinor, heldMinor }
}

function readListing(row: SnapshotRows['listings']): SnapshotListing {
  return {
    listingId: row[0],
    borrowerId: row[1],
    mode: named(FUNDING_MODES, row[2]),
    grade: named(GRADES, row[3]),
    purpose: named(PURPOSES, row[4]),
    amountMinor: row[5],
    ratePpm: row[6],
    termMonths: row[7],
    minBidMinor: row[8],
    openedAtMs: row[9],
    closesAtMs: row[10],
    fundedMinor: row[11],
    bidCount: row[12],
    clearingRatePpm: row[13],
    floorMinor: row[14] ?? row[5],
    opensAtMs: row[15] ?? row[9],
    status: statusIn(row),
    reviewByMs: row[18] ?? 0,
  }
}

function statusIn(row: SnapshotRows['listings']): LiveListingStatus {
  const stage = stageIn(row)
  return stage === 'full' && (row[17] ?? 0) !== 0 ? 'in-review' : stage
}

function readBid(row: SnapshotRows['bids']): SnapshotBid {
  const [bidId, listingId, accountId, amountMinor, acceptedMinor, ratePpm, placedAtMs] = row
  const terms = { amountMinor, acceptedMinor, ratePpm, place: row[7] ?? bidId, key: row[8] ?? null }
  const flags = { minFillMinor: row[9] ?? 0, rank: named(BID_RANKS, row[10] ?? 0) }
  return { bidId, listingId, accountId, ...terms, ...flags, placedAtMs }
}
