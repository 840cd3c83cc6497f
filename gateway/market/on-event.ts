/** What the market's events do to the view. */
import { minor } from '../../schema/index.ts'
import type { BidId, BidStatus, EventOf, Fill, ListingId, Minor } from '../../schema/index.ts'
import type { MarketView } from '../feed/view.ts'
import { openedRow } from './listing-view.ts'

export const onMarket = {
  ListingOpened(event: EventOf<'ListingOpened'>, view: MarketView): void {
    view.addListing(openedRow(event, view.atMs), true)
  },

  BidPlaced(event: EventOf<'BidPlaced'>, view: MarketView): void {
    const { bidId, listingId, accountId, amountMinor, acceptedMinor, ratePpm, key } = event
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

  ListingAllocated({ listingId, ratePpm }: EventOf<'ListingAllocated'>, view: MarketView): void {
    view.closeListing(view.listing(listingId), 'funded', ratePpm)
  },

  ListingExpired({ listingId, released }: EventOf<'ListingExpired'>, view: MarketView): void {
    releaseAll(view, listingId, released, 'expired')
  },

  // What it brings about is told by `BidsReleased`, right behind it.
  ListingWithdrawn: (): void => {},

  BidsReleased({ listingId, released }: EventOf<'BidsReleased'>, view: MarketView): void {
    releaseAll(view, listingId, released, 'withdrawn')
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
  status: 'expired' | 'withdrawn',
): void {
  const listing = view.listing(listingId)
  for (const fill of released) {
    const bid = view.bid(fill.bidId)
    bid.acceptedMinor = minor(0)
    view.noteBid(bid)
    view.endBid(bid, status)
    view.moveCash(fill.accountId, fill.amountMinor, 0 - fill.amountMinor)
  }
  view.closeListing(listing, status, listing.row.ratePpm)
}
