/** What a bid that enters a book brings about for others. */
import { minor } from '../../schema/index.ts'
import type { AtMs, BidOutbid, Event } from '../../schema/index.ts'
import { release } from '../cash/cash.ts'
import type { State } from '../state.ts'
import type { Displaced } from './book/bid.ts'
import { closeListing, rowsOf } from './closing.ts'
import { isComplete } from './listing.ts'
import type { Listing } from './listing.ts'
import { assertHoldsAreBids } from './open-bids.ts'
import type { RowBudget } from './row-budget.ts'

/** False when a bid that brings `addedMinor` into the book could displace more than its entry may yet
 *  bring about. Counts all bids of the book that could: which of them would go is not known before it is done. */
export function mayEnter(listing: Listing, addedMinor: number, budget: RowBudget): boolean {
  const rows = listing.book.displacedMax(addedMinor)
  return rows === 0 || budget.fits(rows)
}

/** Others lose their place, or the listing is complete and closes, or both, or neither. One that this
 *  entry may not close any more is closed by the next. */
export function consequences(
  state: State,
  listing: Listing,
  displaced: readonly Displaced[],
  budget: RowBudget,
  atMs: AtMs,
): readonly Event[] {
  budget.spend(displaced.length)
  const outbid = displaced.length > 0 ? outbidAll(state, displaced) : NOTHING_ELSE
  if (!isComplete(listing)) return outbid
  if (budget.take(rowsOf(listing))) return [...outbid, ...closeListing(state, listing, atMs)]
  state.timers.move(listing)
  return outbid
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
