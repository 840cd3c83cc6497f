import { assert, minor } from '../../schema/index.ts'
import type { AtMs, CancelBid } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { release } from '../cash/cash.ts'
import { isDue } from './closing.ts'
import { leaveBook } from './open-bids.ts'
import type { State } from '../state.ts'
import type { Outcome } from '../outcome.ts'

/** Only one's own open bid can be cancelled; somebody else's is as good as unknown. */
export function cancelBid(
  state: State,
  account: Account,
  { bidId }: CancelBid,
  atMs: AtMs,
): Outcome {
  const bid = state.bids.get(bidId)
  if (bid === null) return bidId < state.nextBidId ? 'bid-closed' : 'bid-unknown'
  if (bid.account !== account) return 'bid-unknown'
  const { listingId } = bid
  const listing = state.listings.get(listingId)
  assert(listing !== undefined, 'an open bid lies in an open listing')
  if (isDue(listing, atMs)) return 'bid-closed'

  leaveBook(state, listing, bid)
  const releasedMinor = minor(bid.acceptedMinor)
  release(state, account, releasedMinor)
  const { accountId } = account
  return [{ kind: 'BidCancelled', bidId, listingId, accountId, releasedMinor }]
}
