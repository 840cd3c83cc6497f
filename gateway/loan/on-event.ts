/** What the events of loans do to the view. */
import { earnsOwnRate } from '../../schema/index.ts'
import type { EventOf } from '../../schema/index.ts'
import type { MarketView } from '../feed/view.ts'

export const onLoan = {
  LoanDisbursed(event: EventOf<'LoanDisbursed'>, view: MarketView): void {
    const { listingId, fills, borrowerId, amountMinor, ratePpm } = event
    const listing = view.listing(listingId)
    const isOwnRate = earnsOwnRate(listing.row.mode)
    for (const fill of fills) {
      const bid = view.bid(fill.bidId)
      bid.wonRatePpm = isOwnRate ? bid.ratePpm : ratePpm
      view.noteBid(bid)
      view.endBid(bid, 'won')
      view.moveCash(fill.accountId, 0, 0 - fill.amountMinor)
    }
    view.moveCash(borrowerId, amountMinor, 0)
    view.closeListing(listing, 'funded', ratePpm)
  },
}
