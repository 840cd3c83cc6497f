/** How a listing ends: covered, its loan is disbursed; else every bidder gets the cash back. A closed
 *  listing and its bids leave the engine's memory. */
import { assert, minor } from '../../schema/index.ts'
import type { AtMs, Event, Fill, RatePpm } from '../../schema/index.ts'
import type { Bid } from './book/bid.ts'
import { release } from '../cash/cash.ts'
import { disburse } from '../loan/disburse.ts'
import { dueAtMs } from './listing.ts'
import type { Listing } from './listing.ts'
import { assertHoldsAreBids, emptyBook } from './open-bids.ts'
import { RowBudget } from './row-budget.ts'
import type { State } from '../state.ts'

/** The listing that closes next; null when none is open. */
export function nextToClose(state: State): Listing | null {
  return state.closings.next
}

/** True once its time has come or it is complete: from then on nothing changes in its book, whether this
 *  entry closes it or a later one. */
export function isDue(listing: Listing, atMs: AtMs): boolean {
  return dueAtMs(listing) <= atMs
}

/** Closes what is due, what is complete first, then in the order of time and then of id, as much of it
 *  as one entry may. */
export function closeDue(state: State, atMs: AtMs): readonly Event[] {
  const events: Event[] = []
  const budget = new RowBudget(state.limits.timedRowsMax)
  for (let next = nextToClose(state); next !== null; next = nextToClose(state)) {
    if (!isDue(next, atMs)) break
    if (!budget.take(rowsOf(next))) break
    events.push(...closeListing(state, next))
  }
  return events
}

/** What ending a listing takes: itself and its bids. */
export function rowsOf({ book }: Listing): number {
  return 1 + book.bidCount
}

export function closeListing(state: State, listing: Listing): readonly Event[] {
  const { book, listingId } = listing
  const isCovered = book.fundedMinor === listing.amountMinor
  const clearingRatePpm = book.clearingRatePpm()
  const bids = takeOffMarket(state, listing)
  if (isCovered) return allocate(state, listing, clearingRatePpm, bids)
  return [{ kind: 'ListingExpired', listingId, released: releaseAll(state, bids) }]
}

/** Empties the book and forgets the listing. What its bids hold is the caller's to move. */
export function takeOffMarket(state: State, listing: Listing): readonly Bid[] {
  const bids = emptyBook(state, listing)
  state.closings.remove(listing)
  state.listings.delete(listing.listingId)
  return bids
}

/** Gives everybody the cash back. */
export function releaseAll(state: State, bids: readonly Bid[]): readonly Fill[] {
  for (const bid of bids) release(state, bid.account, bid.acceptedMinor)
  for (const bid of bids) assertHoldsAreBids(bid.account)
  return bids.map(fillOf)
}

/** A listing that is covered is disbursed in the same moment; a review will stand between the two. */
function allocate(
  state: State,
  listing: Listing,
  ratePpm: RatePpm,
  bids: readonly Bid[],
): readonly Event[] {
  const { listingId, amountMinor } = listing
  const fills = bids.map(fillOf)
  const sumMinor = fills.reduce((sum, fill) => sum + fill.amountMinor, 0)
  assert(sumMinor === amountMinor, 'the fills sum to the principal')
  const allocated = { kind: 'ListingAllocated', listingId, ratePpm, fills } as const
  return [allocated, disburse(state, listing, ratePpm, bids, fills)]
}

function fillOf({ bidId, account, acceptedMinor }: Bid): Fill {
  return { bidId, accountId: account.accountId, amountMinor: minor(acceptedMinor) }
}
