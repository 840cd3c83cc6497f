/** A full listing that two reviewers have approved becomes a loan. */
import { assert, claimId, minor } from '../../schema/index.ts'
import type { LoanDisbursed } from '../../schema/index.ts'
import { capture, payOut } from '../cash/cash.ts'
import { fillOf, sumOf, takeOffMarket } from '../market/closing.ts'
import type { Listing } from '../market/listing.ts'
import { assertHoldsAreBids } from '../market/open-bids.ts'
import type { State } from '../state.ts'

/** Takes from the lenders what their bids hold and pays the borrower the whole of it. Each winning bid becomes a
 *  claim with an id of its own. */
export function disburse(state: State, listing: Listing): LoanDisbursed {
  const { listingId, borrowerId, termMonths, book } = listing
  const borrower = state.accounts.get(borrowerId)
  assert(borrower !== undefined, 'a borrower has an account')
  const ratePpm = book.clearingRatePpm()
  const amountMinor = minor(book.fundedMinor)
  const bids = takeOffMarket(state, listing)
  const fills = bids.map(fillOf)
  assert(sumOf(fills) === amountMinor, 'the fills sum to the principal')
  for (const bid of bids) capture(state, bid.account, bid.acceptedMinor)
  payOut(state, borrower, amountMinor)
  for (const bid of bids) assertHoldsAreBids(bid.account)
  const firstClaimId = state.nextClaimId
  state.nextClaimId = claimId(firstClaimId + fills.length)
  const loan = { listingId, borrowerId, amountMinor, ratePpm, termMonths }
  return { kind: 'LoanDisbursed', ...loan, fills, firstClaimId }
}
