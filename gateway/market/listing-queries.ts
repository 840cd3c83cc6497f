/** What HTTP tells of listings: open ones from the view, as of this moment; history from the records. */
import { PAGE_ROWS_MAX, reject } from '../../schema/index.ts'
import type {
  FillRow,
  ListingAnswer,
  ListingId,
  ListingRow,
  ListingsAnswer,
  ListingStatus,
  RatePpm,
} from '../../schema/index.ts'
import type { ListingView } from './listing-view.ts'
import { fillRow } from './open-bid.ts'
import type { MarketView } from '../feed/view.ts'
import { readSchedule } from '../loan/records.ts'
import type { Records } from '../records/records.ts'
import { findListing, listFills, listListings, readVcgRate } from './records.ts'
import type { Page } from './records.ts'
import { Refusal } from '../refusal.ts'
import { Written } from '../http/answer.ts'

/** Without a status, or for open ones: what the market shows now. Otherwise: as settled. */
export async function listingsAnswer(
  page: Page<ListingStatus>,
  view: MarketView,
  records: Records,
): Promise<ListingsAnswer | Written<ListingsAnswer>> {
  const { sequence } = view
  if (page.status !== undefined && page.status !== 'open') {
    const listings = await listListings(records, page)
    const last = listings.at(-1)
    return {
      sequence,
      listings,
      nextAfter: listings.length === page.limit && last !== undefined ? last.listingId : null,
    }
  }
  const shown = view.newestListings(page.limit, page.after, page.status === 'open')
  const nextAfter = shown.length === page.limit ? (shown.at(-1)?.row.listingId ?? null) : null
  // Each row keeps its own JSON until it changes, so a page is put together, not written anew.
  const rows = shown.map((listing) => listing.json).join(',')
  return new Written(
    `{"sequence":${sequence},"listings":[${rows}],"nextAfter":${JSON.stringify(nextAfter)}}`,
  )
}

/** @throws {Refusal} listing-unknown, records-unavailable */
export async function listingAnswer(
  listingId: ListingId,
  view: MarketView,
  records: Records,
): Promise<ListingAnswer> {
  const listing = view.listings.get(listingId)
  if (listing === undefined) return recordedAnswer(listingId, view, records)
  const isFunded = listing.row.status === 'funded'
  const [older, schedule, vcgRatePpm] = await Promise.all([
    listing.isWhole ? [] : listFills(records, listingId, PAGE_ROWS_MAX),
    isFunded ? readSchedule(records, listingId) : null,
    vcgOf(listing.row, records),
  ])
  return {
    sequence: view.sequence,
    listing: listing.row,
    levels: listing.levels(),
    fills: joined(older, listing),
    vcgRatePpm,
    schedule,
  }
}

async function recordedAnswer(
  listingId: ListingId,
  { sequence }: MarketView,
  records: Records,
): Promise<ListingAnswer> {
  const [listing, fills, schedule] = await Promise.all([
    findListing(records, listingId),
    listFills(records, listingId, PAGE_ROWS_MAX),
    readSchedule(records, listingId),
  ])
  if (listing === null) throw new Refusal(reject('listing-unknown'))
  const vcgRatePpm = await vcgOf(listing, records)
  return { sequence, listing, levels: [], fills, vcgRatePpm, schedule }
}

async function vcgOf(listing: ListingRow, records: Records): Promise<RatePpm | null> {
  return listing.mode === 'uniform-auction' ? readVcgRate(records, listing) : null
}

/** What is not settled yet, then settled ones: newest first, as everywhere. */
function joined(older: readonly FillRow[], listing: ListingView): readonly FillRow[] {
  const newer = listing.fills.last(PAGE_ROWS_MAX).toReversed().map(fillRow)
  if (older.length === 0) return newer
  const known = new Set(older.map((fill) => fill.bidId))
  const merged = [...newer.filter((fill) => !known.has(fill.bidId)), ...older]
  return merged.sort((a, b) => b.bidId - a.bidId).slice(0, PAGE_ROWS_MAX)
}
