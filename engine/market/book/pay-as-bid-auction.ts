/** Reverse auction in which everybody is paid their own rate, and the borrower the weighted one. */
import type { RatePpm } from '../../../schema/index.ts'
import { AuctionBook } from './auction.ts'
import { weightedRatePpm } from './book.ts'

export class PayAsBidAuctionBook extends AuctionBook {
  clearingRatePpm(): RatePpm {
    return weightedRatePpm(this.bids(), this.terms.ratePpm)
  }
}
