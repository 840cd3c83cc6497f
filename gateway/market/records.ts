/** Listings, bids and fills as they are settled in Postgres. All of it throws `Refusal` records-unavailable. */
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { vcgRatePpm } from '../../engine/index.ts'
import type { Database } from '../../engine/host/index.ts'
import {
  accountId as brandAccountId,
  BIDS_PER_LISTING_MAX,
  atMs,
  bidId,
  earnsOwnRate,
  listingId as brandListingId,
  minor,
  ratePpm as brandRatePpm,
} from '../../schema/index.ts'
import type {
  AccountId,
  BidId,
  BidRow,
  BidStatus,
  FillRow,
  FundingMode,
  Key,
  ListingId,
  ListingRow,
  ListingStatus,
  RatePpm,
  Tables,
} from '../../schema/index.ts'
import type { Records } from '../records/records.ts'

export interface Page<Status> {
  readonly limit: number
  readonly after?: number | undefined
  readonly status?: Status | undefined
}

/** Newest first. */
export function listBids(
  records: Records,
  accountId: AccountId,
  { limit, after, status }: Page<BidStatus>,
): Promise<readonly BidRow[]> {
  return records.ask(async (db) => {
    let query = ownBids(db, accountId)
    if (after !== undefined) query = query.where('bid.bid_id', '<', after)
    if (status !== undefined) query = query.where('bid.status', '=', status)
    const rows = await query.orderBy('bid.bid_id', 'desc').limit(limit).execute()
    return rows.map(bidRowOf)
  })
}

/** One of an account's own bids. */
export function findBid(
  records: Records,
  accountId: AccountId,
  bidId: BidId,
): Promise<BidRow | null> {
  return records.ask(async (db) => {
    const row = await ownBids(db, accountId).where('bid.bid_id', '=', bidId).executeTakeFirst()
    return row === undefined ? null : bidRowOf(row)
  })
}

/** An account's bids, each with the rate at which its listing closed. */
function ownBids(db: Database, accountId: AccountId) {
  return db
    .selectFrom('bid')
    .leftJoin('listing', 'listing.listing_id', 'bid.listing_id')
    .selectAll('bid')
    .select(['listing.clearing_rate_ppm', 'listing.mode'])
    .where('bid.account_id', '=', accountId)
}

/** Closed ones, newest first. */
export function listListings(
  records: Records,
  { limit, after, status }: Page<ListingStatus>,
): Promise<readonly ListingRow[]> {
  return records.ask(async (db) => {
    let query = db.selectFrom('listing').selectAll()
    if (after !== undefined) query = query.where('listing_id', '<', after)
    if (status !== undefined) query = query.where('status', '=', status)
    const rows = await query.orderBy('listing_id', 'desc').limit(limit).execute()
    return rows.map(listingRowOf)
  })
}

export function findListing(records: Records, listingId: ListingId): Promise<ListingRow | null> {
  return records.ask(async (db) => {
    const row = await db
      .selectFrom('listing')
      .selectAll()
      .where('listing_id', '=', listingId)
      .executeTakeFirst()
    return row === undefined ? null : listingRowOf(row)
  })
}

/** The newest bids that were taken into the listing's book, newest first. */
export function listFills(
  records: Records,
  listingId: ListingId,
  limit: number,
): Promise<readonly FillRow[]> {
  return records.ask(async (db) => {
    const rows = await db
      .selectFrom('bid')
      .selectAll()
      .where('listing_id', '=', listingId)
      .where('placed_minor', '>', 0)
      .orderBy('bid_id', 'desc')
      .limit(limit)
      .execute()
    return rows.map(fillRowOf)
  })
}

/** What a uniform auction would pay by the rule of Vickrey, Clarke and Groves: as it was told once it is full, and
 *  before that of the bids as they are settled. */
export function readVcgRate(
  records: Records,
  { listingId, ratePpm }: ListingRow,
): Promise<RatePpm> {
  return records.ask(async (db) => {
    const listing = await db
      .selectFrom('listing')
      .select('vcg_rate_ppm')
      .where('listing_id', '=', listingId)
      .executeTakeFirst()
    if (listing?.vcg_rate_ppm != null) return brandRatePpm(listing.vcg_rate_ppm)
    const bids = db.selectFrom('bid').where('listing_id', '=', listingId)
    const open = await bids
      .where('status', '=', 'open')
      .select(['amount_minor', 'accepted_minor', 'rate_ppm'])
      .execute()
    const lost = await bids
      .where('status', '=', 'outbid')
      .groupBy('rate_ppm')
      .select(['rate_ppm', sql<number>`sum(amount_minor)::bigint`.as('lost_minor')])
      .orderBy('rate_ppm')
      .limit(BIDS_PER_LISTING_MAX)
      .execute()
    return vcgRatePpm(
      open.map((bid) => ({
        amountMinor: minor(bid.amount_minor),
        acceptedMinor: bid.accepted_minor,
        ratePpm: brandRatePpm(bid.rate_ppm),
      })),
      lost.map((level) => [level.rate_ppm, level.lost_minor]),
      ratePpm,
    )
  })
}

// The ledger's checks stand behind these numbers, so they are branded without asking again.

function listingRowOf(row: Selectable<Tables['listing']>): ListingRow {
  return {
    listingId: brandListingId(row.listing_id),
    borrowerId: brandAccountId(row.borrower_id),
    mode: row.mode,
    status: row.status,
    amountMinor: minor(row.amount_minor),
    fundedMinor: minor(row.funded_minor),
    ratePpm: brandRatePpm(row.rate_ppm),
    clearingRatePpm: brandRatePpm(row.clearing_rate_ppm ?? row.rate_ppm),
    termMonths: row.term_months,
    minBidMinor: minor(row.min_bid_minor),
    bidCount: row.bid_count,
    openedAtMs: atMs(row.opened_at.getTime()),
    closesAtMs: atMs(row.closes_at.getTime()),
    closedAtMs: row.closed_at === null ? 0 : atMs(row.closed_at.getTime()),
    grade: row.grade,
    purpose: row.purpose,
    floorMinor: minor(row.floor_minor ?? row.amount_minor),
    opensAtMs: atMs((row.opens_at ?? row.opened_at).getTime()),
    reviewByMs: row.review_by === null ? 0 : atMs(row.review_by.getTime()),
  }
}

function bidRowOf(
  row: Selectable<Tables['bid']> & {
    readonly clearing_rate_ppm: number | null
    readonly mode: FundingMode | null
  },
): BidRow {
  const isOwnRate = row.mode !== null && earnsOwnRate(row.mode)
  const earned = row.status === 'won' && !isOwnRate ? row.clearing_rate_ppm : null
  return {
    bidId: bidId(row.bid_id),
    listingId: brandListingId(row.listing_id),
    amountMinor: minor(row.amount_minor),
    acceptedMinor: minor(row.accepted_minor),
    ratePpm: brandRatePpm(row.rate_ppm),
    earnedRatePpm: brandRatePpm(earned ?? row.rate_ppm),
    status: row.status,
    placedAtMs: atMs(row.placed_at.getTime()),
    key: row.key as Key | null,
    minFillMinor: row.min_fill_minor ?? 0,
    rank: row.rank ?? 'by-rate',
  }
}

function fillRowOf(row: Selectable<Tables['bid']>): FillRow {
  return {
    bidId: bidId(row.bid_id),
    listingId: brandListingId(row.listing_id),
    amountMinor: minor(row.placed_minor),
    ratePpm: brandRatePpm(row.placed_rate_ppm ?? row.rate_ppm),
    atMs: atMs(row.placed_at.getTime()),
  }
}
