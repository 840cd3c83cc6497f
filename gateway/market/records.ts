/** Listings, bids and fills as they are settled in Postgres. All of it throws `Refusal` records-unavailable. */
import type { Selectable } from 'kysely'
import type { Database } from '../../engine/host/index.ts'
import {
  accountId as brandAccountId,
  atMs,
  bidId,
  listingId as brandListingId,
  minor,
  ratePpm,
} from '../../schema/index.ts'
import type {
  AccountId,
  BidId,
  BidRow,
  BidStatus,
  FillRow,
  Key,
  ListingId,
  ListingRow,
  ListingStatus,
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
    .select('listing.clearing_rate_ppm')
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

// The ledger's checks stand behind these numbers, so they are branded without asking again.

function listingRowOf(row: Selectable<Tables['listing']>): ListingRow {
  return {
    listingId: brandListingId(row.listing_id),
    borrowerId: brandAccountId(row.borrower_id),
    mode: row.mode,
    status: row.status,
    amountMinor: minor(row.amount_minor),
    fundedMinor: minor(row.funded_minor),
    ratePpm: ratePpm(row.rate_ppm),
    clearingRatePpm: ratePpm(row.clearing_rate_ppm ?? row.rate_ppm),
    termMonths: row.term_months,
    minBidMinor: minor(row.min_bid_minor),
    bidCount: row.bid_count,
    openedAtMs: atMs(row.opened_at.getTime()),
    closesAtMs: atMs(row.closes_at.getTime()),
    closedAtMs: row.closed_at === null ? 0 : atMs(row.closed_at.getTime()),
    grade: row.grade,
    purpose: row.purpose,
  }
}

function bidRowOf(
  row: Selectable<Tables['bid']> & Pick<Selectable<Tables['listing']>, 'clearing_rate_ppm'>,
): BidRow {
  const earned = row.status === 'won' ? row.clearing_rate_ppm : null
  return {
    bidId: bidId(row.bid_id),
    listingId: brandListingId(row.listing_id),
    amountMinor: minor(row.amount_minor),
    acceptedMinor: minor(row.accepted_minor),
    ratePpm: ratePpm(row.rate_ppm),
    earnedRatePpm: ratePpm(earned ?? row.rate_ppm),
    status: row.status,
    placedAtMs: atMs(row.placed_at.getTime()),
    key: row.key as Key | null,
  }
}

function fillRowOf(row: Selectable<Tables['bid']>): FillRow {
  return {
    bidId: bidId(row.bid_id),
    listingId: brandListingId(row.listing_id),
    amountMinor: minor(row.placed_minor),
    ratePpm: ratePpm(row.placed_rate_ppm ?? row.rate_ppm),
    atMs: atMs(row.placed_at.getTime()),
  }
}
