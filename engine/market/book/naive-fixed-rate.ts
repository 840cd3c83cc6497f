/** Fixed rate once more, as an array in which everything is counted anew each time. */
import { minor } from '../../../schema/index.ts'
import type { Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
import type { Bid, Displaced } from './bid.ts'
import type { Book, BookTerms } from './book.ts'

export class NaiveFixedRateBook implements Book {
  readonly closesWhenCovered = true
  readonly #terms: BookTerms
  #bids: readonly Bid[] = []

  constructor(terms: BookTerms) {
    this.#terms = terms
  }

  get fundedMinor(): number {
    return this.#bids.reduce((sum, bid) => sum + bid.acceptedMinor, 0)
  }

  get bidCount(): number {
    return this.#bids.length
  }

  clearingRatePpm(): RatePpm {
    return this.#terms.ratePpm
  }

  quote(amountMinor: Minor, ratePpm: RatePpm, instead: Bid | null): Minor | RejectCode {
    if (ratePpm > this.#terms.ratePpm) return 'rate-above-ceiling'
    const others = this.#bids.filter((bid) => bid !== instead)
    const othersMinor = others.reduce((sum, bid) => sum + bid.acceptedMinor, 0)
    const leftMinor = this.#terms.amountMinor - othersMinor
    const takesAllThatIsLeft = amountMinor >= leftMinor
    if (amountMinor < this.#terms.minBidMinor && !takesAllThatIsLeft) return 'bid-below-minimum'
    if (instead === null && others.length >= this.#terms.bidsMax) return 'book-full'
    if (takesAllThatIsLeft) return minor(leftMinor)
    const leavesTooLittle = leftMinor - amountMinor < this.#terms.minBidMinor
    return leavesTooLittle ? 'remainder-below-minimum' : amountMinor
  }

  place(bid: Bid): readonly Displaced[] {
    this.#bids = [...this.#bids, bid]
    return []
  }

  restore(bid: Bid): void {
    this.#bids = [...this.#bids, bid]
  }

  reduce(bid: Bid, releasedMinor: number): void {
    bid.acceptedMinor -= releasedMinor
  }

  cancel(bid: Bid): void {
    this.#bids = this.#bids.filter((other) => other !== bid)
  }

  bids(): Bid[] {
    return [...this.#bids]
  }
}
