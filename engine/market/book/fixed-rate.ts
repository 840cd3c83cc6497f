/** Fixed rate, first come first served: every bid is taken at the listing's rate until it is full.
 *
 *  Bids are never displaced, so the order is that of arrival: a list through the bids themselves. */
import { assert, minor } from '../../../schema/index.ts'
import type { Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
import type { Bid, Displaced } from './bid.ts'
import { NONE_DISPLACED } from './book.ts'
import type { Book, BookTerms } from './book.ts'
import { BidList } from './bid-list.ts'

export class FixedRateBook implements Book {
  readonly closesWhenCovered = true
  fundedMinor = 0
  bidCount = 0
  readonly #terms: BookTerms
  readonly #list = new BidList()

  constructor(terms: BookTerms) {
    this.#terms = terms
  }

  clearingRatePpm(): RatePpm {
    return this.#terms.ratePpm
  }

  /** What is left is never between nothing and the minimum: a bid may not leave such a remainder, and
   *  a cancelled bid gives at least the minimum back. So every listing can be filled to the cent. */
  quote(amountMinor: Minor, ratePpm: RatePpm, instead: Bid | null): Minor | RejectCode {
    const { minBidMinor } = this.#terms
    if (ratePpm > this.#terms.ratePpm) return 'rate-above-ceiling'
    if (amountMinor < minBidMinor) return 'bid-below-minimum'
    if (instead === null && this.bidCount >= this.#terms.bidsMax) return 'book-full'
    const othersMinor = this.fundedMinor - (instead === null ? 0 : instead.acceptedMinor)
    const leftMinor = this.#terms.amountMinor - othersMinor
    assert(leftMinor >= minBidMinor, 'what is left can always be bid for')
    const acceptedMinor = Math.min(amountMinor, leftMinor)
    const remainderMinor = leftMinor - acceptedMinor
    if (remainderMinor > 0 && remainderMinor < minBidMinor) return 'remainder-below-minimum'
    return minor(acceptedMinor)
  }

  place(bid: Bid): readonly Displaced[] {
    this.restore(bid)
    return NONE_DISPLACED
  }

  restore(bid: Bid): void {
    this.#list.insertAfter(this.#list.worst, bid)
    this.fundedMinor += bid.acceptedMinor
    this.bidCount++
    assert(this.fundedMinor <= this.#terms.amountMinor, 'no more is accepted than was asked for')
  }

  /** What is left grows, so it can still be bid for. */
  reduce(bid: Bid, releasedMinor: number): void {
    bid.acceptedMinor -= releasedMinor
    this.fundedMinor -= releasedMinor
    assert(bid.acceptedMinor > 0, 'a lowered bid stays in the book')
  }

  cancel(bid: Bid): void {
    this.#list.remove(bid)
    this.fundedMinor -= bid.acceptedMinor
    this.bidCount--
    assert(this.fundedMinor >= 0, 'what is taken out was in the book')
  }

  bids(): Bid[] {
    return this.#list.toArray()
  }
}
