import { minor } from '../../schema/index.ts'
import type { AtMs, WithdrawListing } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import type { Outcome } from '../outcome.ts'
import type { State } from '../state.ts'
import type { RowBudget } from './row-budget.ts'
import { letGo, rowsOf, takesBids } from './closing.ts'

/** Takes a listing off the market and gives every bidder the cash back, all in this step. Only
 *  the borrower's own, before it is full; from its closing time on it is too late, whether it has been closed yet or
 *  not. */
export function withdrawListing(
  state: State,
  borrower: Account,
  { listingId }: WithdrawListing,
  atMs: AtMs,
  budget: RowBudget,
): Outcome {
  const listing = state.listings.get(listingId)
  if (listing === undefined)
    return listingId < state.nextListingId ? 'listing-closed' : 'listing-unknown'
  const { borrowerId } = listing
  if (borrowerId !== borrower.accountId) return 'listing-unknown'
  if (listing.stage !== 'scheduled' && !takesBids(listing, atMs)) return 'listing-closed'
  if (!budget.take(rowsOf(listing))) return 'busy'

  const { bidCount, fundedMinor } = listing.book
  const releasedMinor = minor(fundedMinor)
  const released = letGo(state, listing, 'withdrawn')
  return [{ kind: 'ListingWithdrawn', listingId, borrowerId, releasedMinor, bidCount }, released]
}
