import { minor } from '../../schema/index.ts'
import type { AtMs, CancelBid } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { release } from '../cash/cash.ts'
import type { Outcome } from '../outcome.ts'
import type { State } from '../state.ts'
import { findOpenBid } from './find-open-bid.ts'
import { leaveBook } from './open-bids.ts'

export function cancelBid(
  state: State,
  account: Account,
  { bidId }: CancelBid,
  atMs: AtMs,
): Outcome {
  const found = findOpenBid(state, account, bidId, atMs)
  if (typeof found === 'string') return found
  const { bid, listing } = found
  leaveBook(state, listing, bid)
  const releasedMinor = minor(bid.acceptedMinor)
  release(state, account, releasedMinor)
  const { accountId } = account
  const { listingId } = listing
  return [{ kind: 'BidCancelled', bidId, listingId, accountId, releasedMinor }]
}
