import { bidId, bidMisfitOf } from '../../schema/index.ts'
import type { AtMs, BidPlaced, Minor, PlaceBid } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { newBid } from './book/bid.ts'
import type { Bid } from './book/bid.ts'
import { hold } from '../cash/cash.ts'
import { takesBids } from './closing.ts'
import { consequences, mayEnter } from './consequences.ts'
import { enterBook } from './open-bids.ts'
import type { RowBudget } from './row-budget.ts'
import type { State } from '../state.ts'
import type { Outcome } from '../outcome.ts'

/** The bid holds its cash before it rests. What must be available is what the book accepts of it. */
export function placeBid(
  state: State,
  account: Account,
  command: PlaceBid,
  atMs: AtMs,
  budget: RowBudget,
): Outcome {
  const listing = state.listings.get(command.listingId)
  if (listing === undefined)
    return command.listingId < state.nextListingId ? 'listing-closed' : 'listing-unknown'
  if (listing.stage === 'scheduled') return 'listing-scheduled'
  if (!takesBids(listing, atMs)) return 'listing-closed'
  if (listing.borrowerId === account.accountId) return 'own-listing'
  if (bidMisfitOf(command) !== null) return 'bid-terms-invalid'
  const acceptedMinor = listing.book.quote(command, null)
  if (typeof acceptedMinor === 'string') return acceptedMinor
  if (account.availableMinor < acceptedMinor) return 'insufficient-funds'
  if (state.bids.size >= state.limits.bidsOpenMax) return 'market-full'
  if (!mayEnter(listing, acceptedMinor, budget)) return 'busy'

  hold(state, account, acceptedMinor)
  const bid = makeBid(state, account, command, acceptedMinor, atMs)
  const displaced = enterBook(state, listing, bid)
  return [bidPlaced(bid, acceptedMinor), ...consequences(state, listing, displaced, budget, atMs)]
}

function makeBid(
  state: State,
  account: Account,
  { listingId, amountMinor, ratePpm, minFillMinor, rank, key }: PlaceBid,
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
    place: id,
    minFillMinor,
    rank,
    placedAtMs,
    key,
  })
}

function bidPlaced(bid: Bid, acceptedMinor: Minor): BidPlaced {
  const { bidId, listingId, amountMinor, ratePpm, key, minFillMinor, rank } = bid
  const { accountId } = bid.account
  const terms = { amountMinor, acceptedMinor, ratePpm }
  return { kind: 'BidPlaced', bidId, listingId, accountId, ...terms, key, minFillMinor, rank }
}
