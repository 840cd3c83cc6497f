/** A borrower in the continuous rate book: lenders' offers are taken as they stand, each at its own rate, until the
 *  listing is full. The borrower pays the weighted rate. */
import type { RatePpm } from '../../../schema/index.ts'
import { weightedRatePpm } from './book.ts'
import { FirstComeBook } from './first-come.ts'

export class RateBook extends FirstComeBook {
  clearingRatePpm(): RatePpm {
    return weightedRatePpm(this.bids(), this.terms.ratePpm)
  }
}
