/** What the events of loans do to the view. */
import type { EventOf } from '../../schema/index.ts'
import type { MarketView } from '../feed/view.ts'

export const onLoan = {
  LoanDisbursed(event: EventOf<'LoanDisbursed'>, view: MarketView): void {
    const { fills, borrowerId, amountMinor, ratePpm } = event
    for (const fill of fills) {
      const bid = view.bid(fill.bidId)
      bid.wonRatePpm = ratePpm
      view.noteBid(bid)
      view.endBid(bid, 'won')
      view.moveCash(fill.accountId, 0, 0 - fill.amountMinor)
    }
    view.moveCash(borrowerId, amountMinor, 0)
  },
}
