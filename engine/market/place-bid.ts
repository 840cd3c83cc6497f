import { assert, bidId, BIDS_OPEN_MAX, minor } from '../../schema/index.ts'
import type { AtMs, BidOutbid, BidPlaced, Event, Minor, PlaceBid } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { newBid } from './book/bid.ts'
import type { Bid, Displaced } from './book/bid.ts'
import { hold, release } from '../cash/cash.ts'
import { closeListing, isDue } from './closing.ts'
import type { Listing } from './listing.ts'
import { assertHoldsAreBids, enterBook } from './open-bids.ts'
import type { State } from '../state.ts'
import type { Outcome } from '../outcome.ts'

/** The bid holds its cash before it rests. What must be available is what the book accepts of it. */
export function placeBid(state: State, account: Account, command: PlaceBid, atMs: AtMs): Outcome {
  const listing = state.listings.get(command.listingId)
  if (listing === undefined)
    return command.listingId < state.nextListingId ? 'listing-closed' : 'listing-unknown'
  if (isDue(listing, atMs)) return 'listing-closed'
  if (listing.borrowerId === account.accountId) return 'own-listing'
  const acceptedMinor = listing.book.quote(command.amountMinor, command.ratePpm)
  if (typeof acceptedMinor === 'string') return acceptedMinor
  if (account.availableMinor < acceptedMinor) return 'insufficient-funds'
  if (state.bids.size >= BIDS_OPEN_MAX) return 'market-full'

  hold(state, account, acceptedMinor)
  const bid = makeBid(state, account, command, acceptedMinor, atMs)
  const displaced = enterBook(state, listing, bid)
  return [bidPlaced(bid, acceptedMinor), ...consequences(state, listing, displaced)]
}

/** Others lose their place, or the listing is full and its loan disbursed, or neither. */
function consequences(
  state: State,
  listing: Listing,
  displaced: readonly Displaced[],
): readonly Event[] {
  const { fundedMinor, closesWhenCovered } = listing.book
  assert(fundedMinor <= listing.amountMinor, 'no more is accepted than was asked for')
  if (displaced.length > 0) return outbidAll(state, displaced)
  const isDone = closesWhenCovered && fundedMinor === listing.amountMinor
  return isDone ? closeListing(state, listing) : NOTHING_ELSE
}

const NOTHING_ELSE: readonly Event[] = []

function makeBid(
  state: State,
  account: Account,
  { listingId, amountMinor, ratePpm }: PlaceBid,
  acceptedMinor: Minor,
  placedAtMs: AtMs,
): Bid {
  const id = state.nextBidId
  state.nextBidId = bidId(id + 1)
  return newBid({
    bidId: id,
    listingId,
    account,
    amountMinor,
    acceptedMinor,
    ratePpm,
    placedAtMs,
  })
}

function bidPlaced(bid: Bid, acceptedMinor: Minor): BidPlaced {
  const { bidId, listingId, amountMinor, ratePpm } = bid
  const { accountId } = bid.account
  return { kind: 'BidPlaced', bidId, listingId, accountId, amountMinor, acceptedMinor, ratePpm }
}

/** One account may have several bids displaced at once: its holds are its bids only after the last. */
function outbidAll(state: State, displaced: readonly Displaced[]): readonly BidOutbid[] {
  const events = displaced.map((one) => outbid(state, one))
  for (const { bid } of displaced) assertHoldsAreBids(bid.account)
  return events
}

function outbid(state: State, { bid, releasedMinor }: Displaced): BidOutbid {
  release(state, bid.account, releasedMinor)
  return {
    kind: 'BidOutbid',
    bidId: bid.bidId,
    listingId: bid.listingId,
    accountId: bid.account.accountId,
    releasedMinor: minor(releasedMinor),
    acceptedMinor: minor(bid.acceptedMinor),
  }
}
