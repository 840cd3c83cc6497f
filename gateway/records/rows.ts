/** Rows of Postgres as the protocol shows them. The ledger's checks stand behind these numbers, so
 *  they are branded without asking again. */
import type { Selectable } from 'kysely'
import { atMs, bidId, listingId, minor, ratePpm, accountId } from '../../schema/index.ts'
import type { BidRow, FillRow, ListingRow, Tables } from '../../schema/index.ts'

export function listingRowOf(row: Selectable<Tables['listing']>): ListingRow {
  return {
    listingId: listingId(row.listing_id),
    borrowerId: accountId(row.borrower_id),
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

export function bidRowOf(row: Selectable<Tables['bid']>): BidRow {
  return {
    bidId: bidId(row.bid_id),
    listingId: listingId(row.listing_id),
    amountMinor: minor(row.amount_minor),
    acceptedMinor: minor(row.accepted_minor),
    ratePpm: ratePpm(row.rate_ppm),
    status: row.status,
    placedAtMs: atMs(row.placed_at.getTime()),
  }
}

export function fillRowOf(row: Selectable<Tables['bid']>): FillRow {
  return {
    bidId: bidId(row.bid_id),
    listingId: listingId(row.listing_id),
    amountMinor: minor(row.placed_minor),
    ratePpm: ratePpm(row.rate_ppm),
    atMs: atMs(row.placed_at.getTime()),
  }
}
