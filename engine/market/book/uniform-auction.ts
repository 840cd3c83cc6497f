/** Reverse auction at a uniform rate: the lowest rates win, the earlier of two equal ones, and the
 *  worst of the winners sets the rate for all.
 *
 *  Once the listing is covered, a better bid takes its place from the worst ones. What was taken
 *  away is released for good: it does not come back when a better bid is cancelled. */
import { assert, minor } from '../../../schema/index.ts'
import type { Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
import type { Bid, Displaced } from './bid.ts'
import { NONE_DISPLACED } from './book.ts'
import type { Book, BookTerms } from './book.ts'
import { RateLadder } from './rate-ladder.ts'

export class UniformAuctionBook implements Book {
  readonly closesWhenCovered = false
  fundedMinor = 0
  bidCount = 0
  readonly #terms: BookTerms
  readonly #ladder = new RateLadder()

  constructor(terms: BookTerms) {
    this.#terms = terms
  }

  clearingRatePpm(): RatePpm {
    const worst = this.#ladder.worst
    const isCovered = this.fundedMinor === this.#terms.amountMinor
    return isCovered && worst !== null ? worst.ratePpm : this.#terms.ratePpm
  }

  /** There is room for what is not covered yet and for all that is worse; walks only over bids that
   *  the offer would displace. */
  quote(amountMinor: Minor, ratePpm: RatePpm, instead: Bid | null): Minor | RejectCode {
    if (ratePpm > this.#terms.ratePpm) return 'rate-above-ceiling'
    if (amountMinor < this.#terms.minBidMinor) return 'bid-below-minimum'
    const ownMinor = instead === null ? 0 : instead.acceptedMinor
    let roomMinor = this.#terms.amountMinor - this.fundedMinor + ownMinor
    let leaving = instead === null ? 0 : 1
    let bid = this.#ladder.worst
    for (; roomMinor < amountMinor && bid !== null && bid.ratePpm > ratePpm; bid = bid.better) {
      if (bid === instead) continue
      roomMinor += bid.acceptedMinor
      if (roomMinor <= amountMinor) leaving++
    }
    if (roomMinor === 0) return 'rate-not-competitive'
    if (this.bidCount - leaving >= this.#terms.bidsMax) return 'book-full'
    return minor(Math.min(amountMinor, roomMinor))
  }

  place(bid: Bid): readonly Displaced[] {
    this.#enter(bid)
    const excessMinor = this.fundedMinor - this.#terms.amountMinor
    return excessMinor > 0 ? this.#displace(bid, excessMinor) : NONE_DISPLACED
  }

  restore(bid: Bid): void {
    this.#enter(bid)
    assert(this.fundedMinor <= this.#terms.amountMinor, 'no more is accepted than was asked for')
  }

  reduce(bid: Bid, releasedMinor: number): void {
    bid.acceptedMinor -= releasedMinor
    this.fundedMinor -= releasedMinor
    assert(bid.acceptedMinor > 0, 'a lowered bid stays in the book')
  }

  cancel(bid: Bid): void {
    this.#ladder.remove(bid)
    this.fundedMinor -= bid.acceptedMinor
    this.bidCount--
    assert(this.fundedMinor >= 0, 'what is taken out was in the book')
  }

  bids(): Bid[] {
    return this.#ladder.toArray()
  }

  #enter(bid: Bid): void {
    this.#ladder.insert(bid)
    this.fundedMinor += bid.acceptedMinor
    this.bidCount++
  }

  /** Takes `excessMinor` away from the worst bids, all of which are worse than `newcomer`. */
  #displace(newcomer: Bid, excessMinor: number): readonly Displaced[] {
    const displaced: Displaced[] = []
    let leftMinor = excessMinor
    while (leftMinor > 0) {
      const worst = this.#ladder.worst
      assert(worst !== null && worst.ratePpm > newcomer.ratePpm, 'only worse bids are displaced')
      const releasedMinor = Math.min(leftMinor, worst.acceptedMinor)
      worst.acceptedMinor -= releasedMinor
      leftMinor -= releasedMinor
      displaced.push({ bid: worst, releasedMinor })
      if (worst.acceptedMinor > 0) continue
      this.#ladder.remove(worst)
      this.bidCount--
    }
    this.fundedMinor -= excessMinor
    assert(this.fundedMinor === this.#terms.amountMinor, 'a displaced bid makes room exactly')
    return displaced
  }
}
