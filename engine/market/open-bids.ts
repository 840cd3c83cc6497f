/** Bids as they enter a book, shrink in it and leave it.
 *
 *  Here the book, the map of open bids, what each account has bidden and the digest change together;
 *  the cash is moved by the caller, and `assertHoldsAreBids` compares the two. */
import { assert } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import type { Bid, Displaced } from './book/bid.ts'
import { bidTerm, listingTerm, placeTerm, stageTerm } from '../digest/digest.ts'
import type { Listing } from './listing.ts'
import type { State } from '../state.ts'

/** Puts a new bid into its book. Tells the bids that it displaced, worst first. */
export function enterBook(state: State, listing: Listing, bid: Bid): readonly Displaced[] {
  removeListingTerm(state, listing)
  const displaced = listing.book.place(bid)
  addListingTerm(state, listing)
  state.bids.add(bid)
  addBidTerm(state, bid, bid.acceptedMinor)
  for (const { bid: worse, releasedMinor } of displaced) shrink(state, worse, releasedMinor)
  return displaced
}

/** Lowers one bid, which keeps its place in its book. */
export function reduceInBook(
  state: State,
  listing: Listing,
  bid: Bid,
  releasedMinor: number,
): void {
  removeListingTerm(state, listing)
  listing.book.reduce(bid, releasedMinor)
  addListingTerm(state, listing)
  shrink(state, bid, releasedMinor)
}

/** Takes a bid out of its book and puts it in again as the newest, on the terms that `change` gives it,
 *  as one step: nobody sees it gone. Tells the bids that it displaced, worst first. */
export function replaceInBook(
  state: State,
  listing: Listing,
  bid: Bid,
  change: () => void,
): readonly Displaced[] {
  removeListingTerm(state, listing)
  removeBidTerm(state, bid, bid.acceptedMinor)
  listing.book.cancel(bid)
  change()
  const displaced = listing.book.place(bid)
  addBidTerm(state, bid, bid.acceptedMinor)
  addListingTerm(state, listing)
  for (const { bid: worse, releasedMinor } of displaced) shrink(state, worse, releasedMinor)
  return displaced
}

/** Takes one bid out of its book. */
export function leaveBook(state: State, listing: Listing, bid: Bid): void {
  removeListingTerm(state, listing)
  listing.book.cancel(bid)
  addListingTerm(state, listing)
  remove(state, bid)
}

/** Lowers the bids of a book that closes to what its listing takes. Tells what each gives back. */
export function cutBook(state: State, listing: Listing): readonly Displaced[] {
  removeListingTerm(state, listing)
  const displaced = listing.book.cutToSize()
  addListingTerm(state, listing)
  for (const { bid, releasedMinor } of displaced) shrink(state, bid, releasedMinor)
  return displaced
}

/** Takes a listing further on its way. */
export function enterStage(
  state: State,
  listing: Listing,
  change: Partial<Pick<Listing, 'stage' | 'approvedBy' | 'reviewByMs'>>,
): void {
  removeListingTerm(state, listing)
  Object.assign(listing, change)
  addListingTerm(state, listing)
  state.timers.move(listing)
}

/** Takes all bids out of a book that closes, best first. */
export function emptyBook(state: State, listing: Listing): readonly Bid[] {
  removeListingTerm(state, listing)
  const bids = listing.book.bids()
  let sumMinor = 0
  for (const bid of bids) {
    remove(state, bid)
    sumMinor += bid.acceptedMinor
  }
  assert(sumMinor === listing.book.fundedMinor, 'what a book accepted is the sum of its bids')
  return bids
}

/** True whenever a command is done: what an account holds is what its open bids accepted. */
export function assertHoldsAreBids(account: Account): void {
  assert(account.heldMinor === account.biddenMinor, 'held cash is the sum of the open bids')
}

/** The book has already lowered the bid, and let it go if nothing is left. */
function shrink(state: State, bid: Bid, releasedMinor: number): void {
  removeBidTerm(state, bid, bid.acceptedMinor + releasedMinor)
  if (bid.acceptedMinor > 0) addBidTerm(state, bid, bid.acceptedMinor)
  else end(state, bid)
}

function remove(state: State, bid: Bid): void {
  removeBidTerm(state, bid, bid.acceptedMinor)
  end(state, bid)
}

function end(state: State, bid: Bid): void {
  state.bids.remove(bid)
  state.endedBids.add(bid.bidId, bid.account.accountId)
}

function addBidTerm(state: State, bid: Bid, acceptedMinor: number): void {
  const { bidId, listingId, account, ratePpm, place } = bid
  account.biddenMinor += acceptedMinor
  state.digest.add(bidTerm(bidId, listingId, account.accountId, acceptedMinor, ratePpm))
  if (place !== bidId) state.digest.add(placeTerm(bidId, place))
}

function removeBidTerm(state: State, bid: Bid, acceptedMinor: number): void {
  const { bidId, listingId, account, ratePpm, place } = bid
  state.cut?.keepBid(bid, acceptedMinor)
  account.biddenMinor -= acceptedMinor
  state.digest.remove(bidTerm(bidId, listingId, account.accountId, acceptedMinor, ratePpm))
  if (place !== bidId) state.digest.remove(placeTerm(bidId, place))
}

function addListingTerm(state: State, { listingId, book, stage, approvedBy }: Listing): void {
  state.digest.add(listingTerm(listingId, book.fundedMinor, book.bidCount))
  if (stage !== 'open') state.digest.add(stageTerm(listingId, stage, approvedBy))
}

function removeListingTerm(state: State, listing: Listing): void {
  const { listingId, book, stage, approvedBy } = listing
  state.cut?.keepListing(listing)
  state.digest.remove(listingTerm(listingId, book.fundedMinor, book.bidCount))
  if (stage !== 'open') state.digest.remove(stageTerm(listingId, stage, approvedBy))
}
