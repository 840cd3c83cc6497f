/** What the market's events do to the view. */
import { minor } from '../../schema/index.ts'
import type {
  BidId,
  BidStatus,
  EventOf,
  Fill,
  ListingId,
  Minor,
  ReleaseCause,
} from '../../schema/index.ts'
import type { MarketView } from '../feed/view.ts'
import { openedRow } from './listing-view.ts'

export const onMarket = {
  ListingOpened(event: EventOf<'ListingOpened'>, view: MarketView): void {
    view.addListing(openedRow(event, view.atMs), true)
  },

  BidPlaced(event: EventOf<'BidPlaced'>, view: MarketView): void {
    const { bidId, listingId, accountId, amountMinor, acceptedMinor, ratePpm, key } = event
    const { minFillMinor, rank } = event
    view.addBid({
      bidId,
      listingId,
      accountId,
      amountMinor,
      ratePpm,
      placedMinor: acceptedMinor,
      placedRatePpm: ratePpm,
      placedAtMs: view.atMs,
      acceptedMinor,
      status: 'open',
      wonRatePpm: null,
      key,
      minFillMinor,
      rank,
      before: null,
      after: null,
    })
    view.moveCash(accountId, 0 - acceptedMinor, acceptedMinor)
  },

  BidOutbid({ bidId, releasedMinor }: EventOf<'BidOutbid'>, view: MarketView): void {
    release(view, bidId, releasedMinor, 'outbid')
  },

  BidCancelled({ bidId, releasedMinor }: EventOf<'BidCancelled'>, view: MarketView): void {
    release(view, bidId, releasedMinor, 'cancelled')
  },

  BidAmended(event: EventOf<'BidAmended'>, view: MarketView): void {
    const { accountId, heldMinor, releasedMinor } = event
    const bid = view.bid(event.bidId)
    const before = { ratePpm: bid.ratePpm, acceptedMinor: bid.acceptedMinor }
    bid.amountMinor = event.amountMinor
    bid.acceptedMinor = event.acceptedMinor
    bid.ratePpm = event.ratePpm
    const listing = view.listing(bid.listingId)
    listing.amendBid(before, bid)
    view.noteListing(listing)
    view.noteBid(bid)
    view.moveCash(accountId, releasedMinor - heldMinor, heldMinor - releasedMinor)
  },

  BiddingOpened({ listingId }: EventOf<'BiddingOpened'>, view: MarketView): void {
    view.enterStage(listingId, 'open')
  },

  BidsCut({ released }: EventOf<'BidsCut'>, view: MarketView): void {
    for (const { bidId, amountMinor } of released) release(view, bidId, amountMinor, 'outbid')
  },

  ListingAllocated(event: EventOf<'ListingAllocated'>, view: MarketView): void {
    const { listingId, ratePpm, reviewByMs } = event
    view.enterStage(listingId, 'full', { clearingRatePpm: ratePpm, reviewByMs })
  },

  // With the second its loan is paid out, which follows right behind it.
  ListingApproved({ listingId, approvals }: EventOf<'ListingApproved'>, view: MarketView): void {
    if (approvals === 1) view.enterStage(listingId, 'in-review')
  },

  // What it brings about is told by `BidsReleased`, right behind it, as with the two that follow.
  ListingRejected: (): void => {},

  ReviewLapsed: (): void => {},

  ListingExpired({ listingId, released }: EventOf<'ListingExpired'>, view: MarketView): void {
    releaseAll(view, listingId, released, 'expired')
  },

  ListingWithdrawn: (): void => {},

  BidsReleased({ listingId, released, cause }: EventOf<'BidsReleased'>, view: MarketView): void {
    releaseAll(view, listingId, released, cause)
  },
}

/** Part or all of a bid leaves its book. */
function release(view: MarketView, bidId: BidId, releasedMinor: Minor, status: BidStatus): void {
  const bid = view.bid(bidId)
  bid.acceptedMinor = minor(bid.acceptedMinor - releasedMinor)
  const isGone = bid.acceptedMinor === 0
  const listing = view.listing(bid.listingId)
  listing.takeOut(bid, releasedMinor, isGone)
  view.noteListing(listing)
  view.noteBid(bid)
  if (isGone) view.endBid(bid, status)
  view.moveCash(bid.accountId, releasedMinor, 0 - releasedMinor)
}

/** A listing ends without a loan. */
function releaseAll(
  view: MarketView,
  listingId: ListingId,
  released: readonly Fill[],
  status: 'expired' | ReleaseCause,
): void {
  const listing = view.listing(listingId)
  for (const fill of released) {
    const bid = view.bid(fill.bidId)
    bid.acceptedMinor = minor(0)
    view.noteBid(bid)
    view.endBid(bid, status)
    view.moveCash(fill.accountId, fill.amountMinor, 0 - fill.amountMinor)
  }
  view.closeListing(listing, status, listing.row.clearingRatePpm)
}
