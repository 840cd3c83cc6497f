/** What time brings about for a listing: its bidding opens, it closes, its reviews take too long.
 *
 *  One that is funded when it closes is full: nothing changes in its book any more, and it waits for two reviewers
 *  (review-listing.ts). Else every bidder gets the cash back, in one step. A listing that has ended and its bids leave
 *  the engine's memory. */
import { assert, atMs as toAtMs, minor } from '../../schema/index.ts'
import type { AtMs, BidsReleased, Event, Fill, Minor, ReleaseCause } from '../../schema/index.ts'
import type { Bid, Displaced } from './book/bid.ts'
import { release } from '../cash/cash.ts'
import { dueAtMs } from './listing.ts'
import type { Listing } from './listing.ts'
import { assertHoldsAreBids, cutBook, emptyBook, enterStage } from './open-bids.ts'
import { RowBudget } from './row-budget.ts'
import type { State } from '../state.ts'

/** The listing for which time brings about something next; null without any. */
export function nextDue(state: State): Listing | null {
  return state.timers.next
}

/** True until its time has come or it is complete: from then on nothing changes in its book, whether this
 *  entry closes it or a later one. */
export function takesBids(listing: Listing, atMs: AtMs): boolean {
  return listing.stage === 'open' && dueAtMs(listing) > atMs
}

/** Does what is due, what is complete first, then in the order of time and then of id, as much of it
 *  as one entry may. */
export function passTime(state: State, atMs: AtMs): readonly Event[] {
  const events: Event[] = []
  const budget = new RowBudget(state.limits.timedRowsMax)
  for (let next = nextDue(state); next !== null; next = nextDue(state)) {
    if (dueAtMs(next) > atMs) break
    if (!budget.take(next.stage === 'scheduled' ? 1 : rowsOf(next))) break
    events.push(...pass(state, next, atMs))
  }
  return events
}

function pass(state: State, listing: Listing, atMs: AtMs): readonly Event[] {
  const { listingId } = listing
  switch (listing.stage) {
    case 'scheduled':
      enterStage(state, listing, { stage: 'open' })
      return [{ kind: 'BiddingOpened', listingId }]
    case 'open':
      return closeListing(state, listing, atMs)
    case 'full':
      return [{ kind: 'ReviewLapsed', listingId }, letGo(state, listing, 'lapsed')]
  }
}

/** What ending a listing takes: itself and its bids. */
export function rowsOf({ book }: Listing): number {
  return 1 + book.bidCount
}

/** Ends the bidding: of a window that was offered too much everybody gets a share first. */
export function closeListing(state: State, listing: Listing, atMs: AtMs): readonly Event[] {
  const { book, listingId } = listing
  const displaced = cutBook(state, listing)
  const cut = displaced.length === 0 ? [] : [cutBids(state, listing, displaced)]
  if (book.fundedMinor < listing.floorMinor) {
    const released = releaseAll(state, takeOffMarket(state, listing))
    return [...cut, { kind: 'ListingExpired', listingId, released }]
  }
  return [...cut, fill(state, listing, atMs)]
}

/** Lets a listing go and its bids with it, everything in one step (流标). */
export function letGo(state: State, listing: Listing, cause: ReleaseCause): BidsReleased {
  const { listingId } = listing
  const released = releaseAll(state, takeOffMarket(state, listing))
  return { kind: 'BidsReleased', listingId, released, cause }
}

/** Empties the book and forgets the listing. What its bids hold is the caller's to move. */
export function takeOffMarket(state: State, listing: Listing): readonly Bid[] {
  const bids = emptyBook(state, listing)
  state.timers.remove(listing)
  state.listings.delete(listing.listingId)
  return bids
}

function fill(state: State, listing: Listing, atMs: AtMs): Event {
  const { listingId, book } = listing
  const fills = book.bids().map(fillOf)
  assert(sumOf(fills) === book.fundedMinor, 'the fills sum to the principal')
  const reviewByMs = toAtMs(atMs + state.limits.reviewMsMax)
  enterStage(state, listing, { stage: 'full', reviewByMs })
  const ratePpm = book.clearingRatePpm()
  const vcgRatePpm = book.vcgRatePpm()
  return { kind: 'ListingAllocated', listingId, ratePpm, fills, vcgRatePpm, reviewByMs }
}

function cutBids(
  state: State,
  { listingId }: Listing,
  displaced: readonly Displaced[],
): Extract<Event, { kind: 'BidsCut' }> {
  for (const { bid, releasedMinor } of displaced) release(state, bid.account, releasedMinor)
  for (const { bid } of displaced) assertHoldsAreBids(bid.account)
  const released = displaced.map(({ bid, releasedMinor }) => ({
    bidId: bid.bidId,
    accountId: bid.account.accountId,
    amountMinor: minor(releasedMinor),
  }))
  return { kind: 'BidsCut', listingId, released }
}

/** Gives everybody the cash back. */
function releaseAll(state: State, bids: readonly Bid[]): readonly Fill[] {
  for (const bid of bids) release(state, bid.account, bid.acceptedMinor)
  for (const bid of bids) assertHoldsAreBids(bid.account)
  return bids.map(fillOf)
}

export function fillOf({ bidId, account, acceptedMinor }: Bid): Fill {
  return { bidId, accountId: account.accountId, amountMinor: minor(acceptedMinor) }
}

export function sumOf(fills: readonly Fill[]): Minor {
  return minor(fills.reduce((sum, { amountMinor }) => sum + amountMinor, 0))
}
