/** How a listing ends: covered, its loan is disbursed; else every bidder gets the cash back. A closed
 *  listing and its bids leave the engine's memory. */
import { assert, minor } from '../schema/index.ts'
import type { AtMs, Event, Fill, RatePpm } from '../schema/index.ts'
import type { Bid } from './book/bid.ts'
import { capture, payOut, release } from './cash.ts'
import type { Listing } from './listing.ts'
import { assertHoldsAreBids, emptyBook } from './open-bids.ts'
import type { State } from './state.ts'

/** The time at which the next listing closes; null when none is open. */
export function nextDueMs(state: State): AtMs | null {
  return state.closings.nextMs
}

/** Closes every listing whose time has come, in the order of time and then of id. */
export function closeDue(state: State, atMs: AtMs): readonly Event[] {
  const events: Event[] = []
  for (let due = state.closings.due(atMs); due !== null; due = state.closings.due(atMs))
    events.push(...closeListing(state, due))
  return events
}

export function closeListing(state: State, listing: Listing): readonly Event[] {
  const { book } = listing
  const isCovered = book.fundedMinor === listing.amountMinor
  const clearingRatePpm = book.clearingRatePpm()
  const bids = emptyBook(state, listing)
  state.closings.remove(listing)
  state.listings.delete(listing.listingId)
  if (!isCovered) return [expire(state, listing, bids)]
  return allocate(state, listing, clearingRatePpm, bids)
}

function expire(state: State, { listingId }: Listing, bids: readonly Bid[]): Event {
  for (const bid of bids) release(state, bid.account, bid.acceptedMinor)
  for (const bid of bids) assertHoldsAreBids(bid.account)
  return { kind: 'ListingExpired', listingId, released: bids.map(fillOf) }
}

/** A listing that is covered is disbursed in the same moment; a review will stand between the two. */
function allocate(
  state: State,
  listing: Listing,
  ratePpm: RatePpm,
  bids: readonly Bid[],
): readonly Event[] {
  const { listingId, amountMinor, borrowerId, termMonths } = listing
  const fills = bids.map(fillOf)
  const sumMinor = fills.reduce((sum, fill) => sum + fill.amountMinor, 0)
  assert(sumMinor === amountMinor, 'the fills sum to the principal')
  disburse(state, listing, bids)
  return [
    { kind: 'ListingAllocated', listingId, ratePpm, fills },
    { kind: 'LoanDisbursed', listingId, borrowerId, amountMinor, ratePpm, termMonths, fills },
  ]
}

function disburse(state: State, listing: Listing, bids: readonly Bid[]): void {
  const borrower = state.accounts.get(listing.borrowerId)
  assert(borrower !== undefined, 'a borrower has an account')
  for (const bid of bids) capture(state, bid.account, bid.acceptedMinor)
  payOut(state, borrower, listing.amountMinor)
  for (const bid of bids) assertHoldsAreBids(bid.account)
}

function fillOf({ bidId, account, acceptedMinor }: Bid): Fill {
  return { bidId, accountId: account.accountId, amountMinor: minor(acceptedMinor) }
}
