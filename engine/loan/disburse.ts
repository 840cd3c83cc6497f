/** A listing that was allocated becomes a loan. */
import { assert } from '../../schema/index.ts'
import type { Fill, LoanDisbursed, RatePpm } from '../../schema/index.ts'
import { capture, payOut } from '../cash/cash.ts'
import type { Bid } from '../market/book/bid.ts'
import type { Listing } from '../market/listing.ts'
import { assertHoldsAreBids } from '../market/open-bids.ts'
import type { State } from '../state.ts'

/** Takes from the lenders what their bids hold and pays the borrower the whole of it. */
export function disburse(
  state: State,
  { listingId, borrowerId, amountMinor, termMonths }: Listing,
  ratePpm: RatePpm,
  bids: readonly Bid[],
  fills: readonly Fill[],
): LoanDisbursed {
  const borrower = state.accounts.get(borrowerId)
  assert(borrower !== undefined, 'a borrower has an account')
  for (const bid of bids) capture(state, bid.account, bid.acceptedMinor)
  payOut(state, borrower, amountMinor)
  for (const bid of bids) assertHoldsAreBids(bid.account)
  return { kind: 'LoanDisbursed', listingId, borrowerId, amountMinor, ratePpm, termMonths, fills }
}
