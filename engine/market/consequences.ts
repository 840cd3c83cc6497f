/** What a bid that enters a book brings about for others. */
import { assert, minor } from '../../schema/index.ts'
import type { BidOutbid, Event } from '../../schema/index.ts'
import { release } from '../cash/cash.ts'
import type { State } from '../state.ts'
import type { Displaced } from './book/bid.ts'
import { closeListing } from './closing.ts'
import type { Listing } from './listing.ts'
import { assertHoldsAreBids } from './open-bids.ts'

/** Others lose their place, or the listing is full and its loan disbursed, or neither. */
export function consequences(
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
