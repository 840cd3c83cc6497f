/** The rows of a snapshot, section by section: each a tuple in a fixed order, because a snapshot has
 *  a million of them. dump.ts writes them, load.ts and read-market.ts read them.
 *
 *  A snapshot says the version of the schema by which it was written. Columns are added at the end of a row, and whoever
 *  reads says what they are in a snapshot that was taken before; so all older ones stay readable. */
import { assert, named, SCHEMA_VERSION } from '../../schema/index.ts'
import type {
  AccountId,
  AtMs,
  BidId,
  ClaimId,
  Digest,
  EntryId,
  Key,
  ListingId,
  Minor,
  RatePpm,
  Sequence,
  Source,
} from '../../schema/index.ts'
import type { LostLevel } from '../market/book/book.ts'
import { LISTING_STAGES } from '../market/listing.ts'
import type { ListingStage } from '../market/listing.ts'

/** In the order in which they are written and have to be read. */
export const SNAPSHOT_SECTIONS = [
  'meta',
  'accounts',
  'listings',
  'bids',
  'keys',
  'sources',
  'ended',
  'proof',
] as const
export type SnapshotSection = (typeof SNAPSHOT_SECTIONS)[number]

export interface SnapshotChunk {
  readonly section: SnapshotSection
  readonly rows: readonly (readonly unknown[])[]
}

export interface SnapshotRows {
  readonly meta: readonly [
    version: number,
    sequence: Sequence,
    id: EntryId,
    digest: Digest,
    epochMs: AtMs | 0,
    nextListingId: ListingId,
    nextBidId: BidId,
    depositedMinor: Minor,
    accounts: number,
    listings: number,
    bids: number,
    keys: number,
    sources: number,
    /** Since version 5; before, a claim had the id of its bid. */
    nextClaimId?: ClaimId,
  ]
  readonly accounts: readonly [
    accountId: AccountId,
    availableMinor: Minor,
    heldMinor: Minor,
    forgottenMs: number,
  ]
  readonly listings: readonly [
    listingId: ListingId,
    borrowerId: AccountId,
    /** Places in `FUNDING_MODES`, `GRADES` and `PURPOSES`. */
    mode: number,
    grade: number,
    purpose: number,
    amountMinor: Minor,
    ratePpm: RatePpm,
    termMonths: number,
    minBidMinor: Minor,
    openedAtMs: AtMs,
    closesAtMs: AtMs,
    fundedMinor: Minor,
    bidCount: number,
    clearingRatePpm: RatePpm,
    /** Since version 5; before, all of the amount, at once, and open. */
    floorMinor?: Minor,
    opensAtMs?: AtMs,
    /** A place in `LISTING_STAGES`. */
    stage?: number,
    approvedBy?: AccountId | 0,
    reviewByMs?: AtMs | 0,
    /** What was wholly outbid and counts as competition: each rate, and how much of it. */
    ...lost: number[],
  ]
  /** In the order of the ids, which is the order of arrival. */
  readonly bids: readonly [
    bidId: BidId,
    listingId: ListingId,
    accountId: AccountId,
    amountMinor: Minor,
    acceptedMinor: Minor,
    ratePpm: RatePpm,
    placedAtMs: AtMs,
    /** Since version 2; its id before. */
    place?: number,
    /** Since version 4; null where it is not known. */
    key?: Key | null,
    /** Since version 5; 0 and by its rate before. `rank` is a place in `BID_RANKS`. */
    minFillMinor?: number,
    rank?: number,
  ]
  /** The oldest first. */
  readonly keys: readonly [
    accountId: AccountId,
    first: number,
    second: number,
    third: number,
    fourth: number,
    printHigh: number,
    printLow: number,
    sequence: Sequence,
    code: number,
    given: number,
    givenToo: number,
    /** Since version 2; none before. */
    ...more: number[],
  ]
  /** The one unheard of for longest first. */
  readonly sources: readonly [source: Source, batch: number]
  /** The bids that ended last, the first to end first. Before them one row that says since which bid this is
   *  known, with nobody as its owner. */
  readonly ended: readonly [bidId: BidId, owner: AccountId | 0]
  /** Since version 3: the hash over all rows but that of `meta`, see proof.ts. */
  readonly proof: readonly [hash: string]
}

/** Reads a chunk's rows as those of its section. Our own words, checked by checksum and digest. */
export function rowsOf<Section extends SnapshotSection>(
  chunk: SnapshotChunk,
  section: Section,
): readonly SnapshotRows[Section][] {
  assert(chunk.section === section, `a chunk of ${section} was expected`)
  return chunk.rows as readonly unknown[] as readonly SnapshotRows[Section][]
}

/** How far a listing is; those of a version before 5 are open. */
export function stageIn(row: SnapshotRows['listings']): ListingStage {
  return named(LISTING_STAGES, row[16] ?? LISTING_STAGES.indexOf('open'))
}

/** What a listing has wholly lost, by rate. */
export function lostIn(row: SnapshotRows['listings']): readonly LostLevel[] {
  const numbers = row.slice(19) as readonly number[]
  return Array.from({ length: numbers.length / 2 }, (_, place) => [
    numbers[2 * place] ?? 0,
    numbers[2 * place + 1] ?? 0,
  ])
}

/** The one row of the first chunk. */
export function metaRow(chunk: SnapshotChunk | undefined): SnapshotRows['meta'] {
  assert(chunk !== undefined, 'a snapshot has a first chunk')
  const row = rowsOf(chunk, 'meta')[0]
  assert(row !== undefined, 'a snapshot begins with its meta row')
  const [version] = row
  assert(
    Number.isSafeInteger(version) && version >= 1 && version <= SCHEMA_VERSION,
    `a snapshot of schema version ${version}, this build reads up to ${SCHEMA_VERSION}`,
  )
  return row
}
