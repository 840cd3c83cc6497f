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
  | 'BiddingOpened'
  | 'BidsCut'
  | 'ListingApproved'
  | 'ListingRejected'
  | 'ReviewLapsed'
> = {
  ListingOpened(event, { mirror, batch, atMs }) {
    const { listingId, mode, amountMinor, floorMinor, opensAtMs } = event
    const stage = opensAtMs === 0 ? 'open' : 'scheduled'
    const book = { fundedMinor: 0, bidCount: 0, ratePpm: null, touchedAt: NOT_COUNTED }
    mirror.openListing({ listingId, mode, amountMinor, ...book, stage, approvedBy: 0 })
    batch.listings.create({
      listing_id: listingId,
      borrower_id: event.borrowerId,
      mode,
      status: stage,
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
      floor_minor: orNull(floorMinor),
      opens_at: orNull(opensAtMs),
      vcg_rate_ppm: null,
      approved_by: null,
      review_by: null,
    })
  },
  BiddingOpened({ listingId }, to) {
    to.mirror.enterStage(listingId, { stage: 'open' })
    noteBook(listingId, to.mirror, to.batch)
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
      min_fill_minor: orNull(event.minFillMinor),
      rank: event.rank === 'by-rate' ? null : event.rank,
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
  // A bid that does not get all it had stays on with its share, or is out.
  BidsCut({ listingId, released }, { mirror, batch, atMs }) {
    for (const { bidId, amountMinor } of released) {
      const leftMinor = mirror.bid(bidId).acceptedMinor - amountMinor
      if (leftMinor > 0) mirror.reduceBid(bidId, amountMinor, leftMinor)
      else mirror.closeBid(bidId, amountMinor)
      noteBid(batch, bidId, leftMinor, leftMinor > 0 ? 'open' : 'outbid', atMs)
    }
    noteBook(listingId, mirror, batch)
  },
  ListingAllocated({ listingId, ratePpm, fills, vcgRatePpm, reviewByMs }, { mirror, batch }) {
    const { fundedMinor, bidCount } = mirror.listing(listingId)
    const sumMinor = fills.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
    assert(fundedMinor === sumMinor, `listing ${listingId} is of what its fills sum to`)
    assert(bidCount === fills.length, `listing ${listingId} is filled by all its bids`)
    mirror.enterStage(listingId, { stage: 'full', ratePpm })
    noteBook(listingId, mirror, batch)
    // Before there were reviews the loan follows at once.
    if (reviewByMs === 0) return
    const full = { vcg_rate_ppm: vcgRatePpm, review_by: reviewByMs }
    batch.listings.change('full', { listing_id: listingId, ...full })
  },
  // With the second the loan follows at once, and closes the listing.
  ListingApproved({ listingId, reviewerId, approvals }, { mirror, batch }) {
    if (approvals > 1) return
    mirror.enterStage(listingId, { approvedBy: reviewerId })
    noteBook(listingId, mirror, batch)
    batch.listings.change('review', { listing_id: listingId, approved_by: reviewerId })
  },
  // Its row and its bids' change with the event that follows.
  ListingRejected({ listingId, releasedMinor, bidCount }, { mirror }) {
    assertLetsGo(listingId, releasedMinor, bidCount, mirror)
  },
  // As above.
  ReviewLapsed: () => {},
  ListingExpired({ listingId, released }, to) {
    closeListing(listingId, released, to, { status: 'expired', bids: 'expired' })
  },
  // Its row and its bids' change with the event that follows.
  ListingWithdrawn({ listingId, releasedMinor, bidCount }, { mirror }) {
    assertLetsGo(listingId, releasedMinor, bidCount, mirror)
  },
  BidsReleased({ listingId, released, cause }, to) {
    closeListing(listingId, released, to, { status: cause, bids: cause })
  },
}

/** How a listing ends, and its bids with it. */
interface End {
  readonly status: ListingStatus
  readonly bids: BidStatus
}

/** The listing's row keeps what the book held when it closed. A bid that has won keeps what it won. */
export function closeListing(
  listingId: ListingId,
  fills: readonly Fill[],
  { mirror, batch, atMs }: Projection,
  { status, bids }: End,
): void {
  const { fundedMinor, bidCount, ratePpm } = mirror.listing(listingId)
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
    clearing_rate_ppm: ratePpm,
    closed_at: atMs,
  })
}

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
  const listing = mirror.listing(listingId)
  batch.listings.change('state', {
    listing_id: listingId,
    funded_minor: listing.fundedMinor,
    bid_count: listing.bidCount,
    status: listing.approvedBy === 0 ? listing.stage : 'in-review',
    clearing_rate_ppm: listing.ratePpm,
    closed_at: null,
  })
}

function assertLetsGo(
  listingId: ListingId,
  releasedMinor: number,
  bidCount: number,
  mirror: Mirror,
): void {
  const book = mirror.listing(listingId)
  assert(
    book.fundedMinor === releasedMinor && book.bidCount === bidCount,
    `listing ${listingId} lets go what it had`,
  )
}

/** A 0 that stands for nothing is nothing in a row. */
function orNull<Value extends number>(value: Value): Exclude<Value, 0> | null {
  return value === 0 ? null : (value as Exclude<Value, 0>)
}
