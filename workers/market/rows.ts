/** Listings and bids as people read them. */
import type { BidStatus, ListingStatus } from '../../schema/market/terms.ts'
import type { Fill } from '../../schema/event.ts'
import { assert } from '../../schema/unit.ts'
import type { AtMs, ListingId } from '../../schema/unit.ts'
import type { Batch } from '../settlement/batch.ts'
import { NOT_COUNTED } from '../settlement/mirror.ts'
import type { Mirror } from '../settlement/mirror.ts'
import type { Projection, RowChanges } from '../settlement/projection.ts'

export const MARKET_ROWS: RowChanges<
  | 'ListingOpened'
  | 'BidPlaced'
  | 'BidOutbid'
  | 'BidCancelled'
  | 'BidAmended'
  | 'ListingAllocated'
  | 'ListingExpired'
  | 'ListingWithdrawn'
  | 'BidsReleased'
> = {
  ListingOpened(event, { mirror, batch, atMs }) {
    const { listingId, amountMinor } = event
    const book = { listingId, amountMinor, fundedMinor: 0, bidCount: 0, touchedAt: NOT_COUNTED }
    mirror.openListing(book)
    batch.listings.create({
      listing_id: listingId,
      borrower_id: event.borrowerId,
      mode: event.mode,
      status: 'open',
      amount_minor: amountMinor,
      funded_minor: 0,
      rate_ppm: event.ratePpm,
      clearing_rate_ppm: null,
      term_months: event.termMonths,
      min_bid_minor: event.minBidMinor,
      bid_count: 0,
      grade: event.grade,
      purpose: event.purpose,
      opened_at: atMs,
      closes_at: event.closesAtMs,
      closed_at: null,
    })
  },
  BidPlaced(event, { mirror, batch, atMs }) {
    const { bidId, listingId, accountId, acceptedMinor, ratePpm } = event
    mirror.openBid({ bidId, listingId, accountId, acceptedMinor, ratePpm, place: bidId })
    batch.bids.create({
      bid_id: bidId,
      listing_id: listingId,
      account_id: accountId,
      amount_minor: event.amountMinor,
      accepted_minor: acceptedMinor,
      placed_minor: acceptedMinor,
      placed_rate_ppm: ratePpm,
      rate_ppm: ratePpm,
      status: 'open',
      placed_at: atMs,
      closed_at: null,
      place: null,
      key: event.key,
    })
    noteBook(listingId, mirror, batch)
  },
  BidOutbid({ bidId, listingId, releasedMinor, acceptedMinor }, { mirror, batch, atMs }) {
    if (acceptedMinor > 0) mirror.reduceBid(bidId, releasedMinor, acceptedMinor)
    else mirror.closeBid(bidId, releasedMinor)
    noteBid(batch, bidId, acceptedMinor, acceptedMinor > 0 ? 'open' : 'outbid', atMs)
    noteBook(listingId, mirror, batch)
  },
  BidCancelled({ bidId, listingId, releasedMinor }, { mirror, batch, atMs }) {
    mirror.closeBid(bidId, releasedMinor)
    noteBid(batch, bidId, 0, 'cancelled', atMs)
    noteBook(listingId, mirror, batch)
  },
  BidAmended(event, { mirror, batch, atMs }) {
    const { bidId, listingId, amountMinor, acceptedMinor, ratePpm, place } = event
    mirror.amendBid(event)
    noteBid(batch, bidId, acceptedMinor, 'open', atMs)
    batch.bids.change('terms', {
      bid_id: bidId,
      amount_minor: amountMinor,
      rate_ppm: ratePpm,
      place: place === bidId ? null : place,
    })
    noteBook(listingId, mirror, batch)
  },
  ListingAllocated({ listingId, ratePpm, fills }, to) {
    const { amountMinor, fundedMinor } = to.mirror.listing(listingId)
    assert(fundedMinor === amountMinor, `listing ${listingId} is covered when allocated`)
    closeListing(listingId, fills, to, { status: 'funded', bids: 'won', clearingRatePpm: ratePpm })
  },
  ListingExpired({ listingId, released }, to) {
    closeListing(listingId, released, to, EXPIRED)
  },
  // Its row and its bids' change with the event that follows.
  ListingWithdrawn({ listingId, releasedMinor, bidCount }, { mirror }) {
    const book = mirror.listing(listingId)
    assert(
      book.fundedMinor === releasedMinor && book.bidCount === bidCount,
      `listing ${listingId} lets go what it had`,
    )
  },
  BidsReleased({ listingId, released }, to) {
    closeListing(listingId, released, to, WITHDRAWN)
  },
}

/** How a listing ends, and its bids with it. */
interface End {
  readonly status: ListingStatus
  readonly bids: BidStatus
  readonly clearingRatePpm: number | null
}

const EXPIRED: End = { status: 'expired', bids: 'expired', clearingRatePpm: null }
const WITHDRAWN: End = { status: 'withdrawn', bids: 'withdrawn', clearingRatePpm: null }

function noteBid(
  batch: Batch,
  bidId: number,
  acceptedMinor: number,
  status: BidStatus,
  atMs: AtMs,
): void {
  batch.bids.change('state', {
    bid_id: bidId,
    accepted_minor: acceptedMinor,
    status,
    closed_at: status === 'open' ? null : atMs,
  })
}

function noteBook(listingId: ListingId, mirror: Mirror, batch: Batch): void {
  const { fundedMinor, bidCount } = mirror.listing(listingId)
  batch.listings.change('state', {
    listing_id: listingId,
    funded_minor: fundedMinor,
    bid_count: bidCount,
    status: 'open',
    clearing_rate_ppm: null,
    closed_at: null,
  })
}

/** The listing's row keeps what the book held when it closed. A bid that has won keeps what it won. */
function closeListing(
  listingId: ListingId,
  fills: readonly Fill[],
  { mirror, batch, atMs }: Projection,
  { status, bids, clearingRatePpm }: End,
): void {
  const { fundedMinor, bidCount } = mirror.listing(listingId)
  for (const { bidId, amountMinor } of fills) {
    mirror.closeBid(bidId, amountMinor)
    noteBid(batch, bidId, bids === 'won' ? amountMinor : 0, bids, atMs)
  }
  mirror.closeListing(listingId)
  batch.listings.change('state', {
    listing_id: listingId,
    funded_minor: fundedMinor,
    bid_count: bidCount,
    status,
    clearing_rate_ppm: clearingRatePpm,
    closed_at: atMs,
  })
}
