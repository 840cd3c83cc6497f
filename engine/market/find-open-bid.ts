import { assert } from '../../schema/index.ts'
import type { AtMs, BidId, RejectCode } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import type { State } from '../state.ts'
import type { Bid } from './book/bid.ts'
import { takesBids } from './closing.ts'
import type { Listing } from './listing.ts'

/** One's own bid in a book that still changes; somebody else's is unknown, open or not. */
export function findOpenBid(
  state: State,
  account: Account,
  bidId: BidId,
  atMs: AtMs,
): { readonly bid: Bid; readonly listing: Listing } | RejectCode {
  const bid = state.bids.get(bidId)
  if (bid === null)
    return state.endedBids.isOf(account.accountId, bidId) ? 'bid-closed' : 'bid-unknown'
  if (bid.account !== account) return 'bid-unknown'
  const listing = state.listings.get(bid.listingId)
  assert(listing !== undefined, 'an open bid lies in a listing')
  return takesBids(listing, atMs) ? { bid, listing } : 'bid-closed'
}
