/** New terms for an open bid, in one step: at no moment is the bid gone, or there twice.
 *
 *  A smaller amount at the same rate keeps its place in time, because it takes nothing from anyone behind
 *  it. Anything else is judged as a new bid would be if the old one were not there, and takes a new place. */
import { bidId as toBidId, minor } from '../../schema/index.ts'
import type { AmendBid, AtMs, BidAmended, Minor } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { hold, release } from '../cash/cash.ts'
import type { Outcome } from '../outcome.ts'
import type { State } from '../state.ts'
import type { Bid } from './book/bid.ts'
import { consequences, mayEnter } from './consequences.ts'
import { findOpenBid } from './find-open-bid.ts'
import type { Listing } from './listing.ts'
import { reduceInBook, replaceInBook } from './open-bids.ts'
import type { RowBudget } from './row-budget.ts'

export function amendBid(
  state: State,
  account: Account,
  command: AmendBid,
  atMs: AtMs,
  budget: RowBudget,
): Outcome {
  const found = findOpenBid(state, account, command.bidId, atMs)
  if (typeof found === 'string') return found
  const { bid, listing } = found
  const isLess = command.amountMinor <= bid.amountMinor && command.ratePpm === bid.ratePpm
  return isLess
    ? lower(state, listing, bid, command.amountMinor)
    : replace(state, listing, bid, command, atMs, budget)
}

/** What was never taken into the book, or was displaced, is given up first. */
function lower(state: State, listing: Listing, bid: Bid, amountMinor: Minor): Outcome {
  if (amountMinor < listing.minBidMinor) return 'bid-below-minimum'
  if (amountMinor < bid.minFillMinor) return 'bid-terms-invalid'
  const formerMinor = bid.acceptedMinor
  const releasedMinor = Math.max(0, formerMinor - amountMinor)
  if (leavesTooLittle(listing, releasedMinor)) return 'remainder-below-minimum'
  if (releasedMinor > 0) reduceInBook(state, listing, bid, releasedMinor)
  else state.cut?.keepBid(bid, formerMinor)
  bid.amountMinor = amountMinor
  adjust(state, bid, formerMinor)
  return [amended(bid, formerMinor)]
}

/** Whether what would be open then could not be bid for. */
function leavesTooLittle(
  { amountMinor, minBidMinor, book }: Listing,
  releasedMinor: number,
): boolean {
  const openMinor = amountMinor - book.fundedMinor + releasedMinor
  return releasedMinor > 0 && openMinor > 0 && openMinor < minBidMinor
}

function replace(
  state: State,
  listing: Listing,
  bid: Bid,
  { amountMinor, ratePpm }: AmendBid,
  atMs: AtMs,
  budget: RowBudget,
): Outcome {
  const { minFillMinor, rank } = bid
  if (amountMinor < minFillMinor) return 'bid-terms-invalid'
  const wish = { amountMinor, ratePpm, minFillMinor, rank, timeInForce: 'until-closed' } as const
  const acceptedMinor = listing.book.quote(wish, bid)
  if (typeof acceptedMinor === 'string') return acceptedMinor
  const formerMinor = bid.acceptedMinor
  if (bid.account.availableMinor < acceptedMinor - formerMinor) return 'insufficient-funds'
  if (!mayEnter(listing, acceptedMinor - formerMinor, budget)) return 'busy'
  const place = state.nextBidId
  state.nextBidId = toBidId(place + 1)
  const displaced = replaceInBook(state, listing, bid, () => {
    bid.amountMinor = amountMinor
    bid.acceptedMinor = acceptedMinor
    bid.ratePpm = ratePpm
    bid.place = place
  })
  adjust(state, bid, formerMinor)
  return [amended(bid, formerMinor), ...consequences(state, listing, displaced, budget, atMs)]
}

/** Holds what the bid has more than before, or gives back what it has less. */
function adjust(state: State, { account, acceptedMinor }: Bid, formerMinor: number): void {
  if (acceptedMinor > formerMinor) hold(state, account, acceptedMinor - formerMinor)
  if (acceptedMinor < formerMinor) release(state, account, formerMinor - acceptedMinor)
}

function amended(bid: Bid, formerMinor: number): BidAmended {
  const { bidId, listingId, account, amountMinor, acceptedMinor, ratePpm, place } = bid
  return {
    kind: 'BidAmended',
    bidId,
    listingId,
    accountId: account.accountId,
    amountMinor,
    acceptedMinor: minor(acceptedMinor),
    ratePpm,
    heldMinor: minor(Math.max(0, acceptedMinor - formerMinor)),
    releasedMinor: minor(Math.max(0, formerMinor - acceptedMinor)),
    place,
  }
}
