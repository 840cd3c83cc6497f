/** What happens on the market moves cash between available and held, and nothing else. */
import type { Fill } from '../../schema/event.ts'
import { hold, NO_TRANSFERS, release } from '../settlement/ledger/transfer.ts'
import type { Postings, Transfer } from '../settlement/ledger/transfer.ts'

export const MARKET_POSTINGS: Postings<
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
  ListingOpened: () => NO_TRANSFERS,
  BidPlaced: ({ accountId, acceptedMinor }) => [hold(accountId, acceptedMinor)],
  BidOutbid: ({ accountId, releasedMinor }) => [release(accountId, releasedMinor)],
  BidCancelled: ({ accountId, releasedMinor }) => [release(accountId, releasedMinor)],
  // One of the two at most; none when only what was asked for has changed, or the rate.
  BidAmended({ accountId, heldMinor, releasedMinor }) {
    if (heldMinor > 0) return [hold(accountId, heldMinor)]
    return releasedMinor > 0 ? [release(accountId, releasedMinor)] : NO_TRANSFERS
  },
  // The cash stays held until the loan is disbursed.
  ListingAllocated: () => NO_TRANSFERS,
  ListingExpired: ({ released }) => releaseAll(released),
  // The cash is in the event that follows.
  ListingWithdrawn: () => NO_TRANSFERS,
  BidsReleased: ({ released }) => releaseAll(released),
  BiddingOpened: () => NO_TRANSFERS,
  BidsCut: ({ released }) => releaseAll(released),
  ListingApproved: () => NO_TRANSFERS,
  // The cash is in the event that follows, as it is with the next.
  ListingRejected: () => NO_TRANSFERS,
  ReviewLapsed: () => NO_TRANSFERS,
}

function releaseAll(bids: readonly Fill[]): Transfer[] {
  return bids.map(({ accountId, amountMinor }) => release(accountId, amountMinor))
}
