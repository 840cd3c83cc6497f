/** First come, first served: a bid is taken in until the listing is full, and only an underwriter, whose bid ranks
 *  last, ever gives way.
 *
 *  What an underwriter holds is open to all others, to the last unit, however little that leaves it.
 *
 *  Two lists in the order of arrival, linked through the bids themselves: those that stand for good and those that
 *  rank last. Without an underwriter the second is empty and nothing is ever displaced. */
import { assert, minor } from '../../../schema/index.ts'
import type { Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
import type { Bid, Displaced } from './bid.ts'
import { leastOf, NONE_DISPLACED, NONE_LOST } from './book.ts'
import type { Book, BookTerms, LostLevel, Wish } from './book.ts'
import { BidList } from './bid-list.ts'

export abstract class FirstComeBook implements Book {
  bidCount = 0
  #firmMinor = 0
  #lastMinor = 0
  protected readonly terms: BookTerms
  readonly #firm = new BidList()
  readonly #last = new BidList()

  constructor(terms: BookTerms) {
    this.terms = terms
  }

  abstract clearingRatePpm(): RatePpm

  vcgRatePpm(): RatePpm {
    return this.clearingRatePpm()
  }

  get fundedMinor(): number {
    return this.#firmMinor + this.#lastMinor
  }

  /** While an underwriter stands in, others may still take its place. */
  get isComplete(): boolean {
    return this.#firmMinor === this.terms.amountMinor
  }

  /** What is left is never between nothing and the minimum: a bid may not leave such a remainder, and
   *  a cancelled bid gives at least the minimum back. So every listing can be filled to the cent. */
  quote(wish: Wish, instead: Bid | null): Minor | RejectCode {
    const { amountMinor, minBidMinor } = this.terms
    if (wish.ratePpm > this.terms.ratePpm) return 'rate-above-ceiling'
    if (wish.amountMinor < minBidMinor) return 'bid-below-minimum'
    const leaving = instead === null ? 0 : 1
    const ownMinor = instead === null ? 0 : instead.acceptedMinor
    const openMinor = amountMinor - this.fundedMinor + ownMinor
    if (wish.rank === 'last') return this.#accept(this.#within(openMinor, wish), wish, leaving)
    const ownFirmMinor = instead?.rank === 'last' ? 0 : ownMinor
    const wantedMinor = this.#within(amountMinor - this.#firmMinor + ownFirmMinor, wish)
    if (typeof wantedMinor === 'string' || wantedMinor <= openMinor)
      return this.#accept(wantedMinor, wish, leaving)
    const displaced = this.#leavingFor(wantedMinor - openMinor, instead)
    return this.#accept(wantedMinor, wish, leaving + displaced)
  }

  place(bid: Bid): readonly Displaced[] {
    this.#enter(bid)
    const excessMinor = this.fundedMinor - this.terms.amountMinor
    return excessMinor > 0 ? this.#displace(excessMinor) : NONE_DISPLACED
  }

  restore(bid: Bid): void {
    this.#enter(bid)
    assert(this.fundedMinor <= this.terms.amountMinor, 'no more is accepted than was asked for')
  }

  /** What is left grows, so it can still be bid for. */
  reduce(bid: Bid, releasedMinor: number): void {
    bid.acceptedMinor -= releasedMinor
    this.#count(bid, -releasedMinor)
    assert(bid.acceptedMinor > 0, 'a lowered bid stays in the book')
  }

  cancel(bid: Bid): void {
    this.#listOf(bid).remove(bid)
    this.#count(bid, -bid.acceptedMinor)
    this.bidCount--
    assert(this.#firmMinor >= 0 && this.#lastMinor >= 0, 'what is taken out was in the book')
  }

  displacedMax(addedMinor: number): number {
    return this.fundedMinor + addedMinor <= this.terms.amountMinor ? 0 : this.bidCount
  }

  cutToSize(): readonly Displaced[] {
    return NONE_DISPLACED
  }

  bids(): Bid[] {
    return [...this.#firm.toArray(), ...this.#last.toArray()]
  }

  lost(): readonly LostLevel[] {
    return NONE_LOST
  }

  restoreLost(): void {}

  /** What of a wish fits into what is left for it, or why none. */
  #within(leftMinor: number, { amountMinor }: Wish): number | RejectCode {
    if (leftMinor === 0) return 'rate-not-competitive'
    const acceptedMinor = Math.min(amountMinor, leftMinor)
    const remainderMinor = leftMinor - acceptedMinor
    const isTooLittle = remainderMinor > 0 && remainderMinor < this.terms.minBidMinor
    return isTooLittle ? 'remainder-below-minimum' : acceptedMinor
  }

  /** @param leaving bids that make place for it */
  #accept(found: number | RejectCode, wish: Wish, leaving: number): Minor | RejectCode {
    if (typeof found === 'string') return found
    if (found < leastOf(wish, this.terms)) return 'fill-below-minimum'
    return this.bidCount - leaving >= this.terms.bidsMax ? 'book-full' : minor(found)
  }

  /** How many of the bids that rank last give back all they have for `neededMinor`, the newest first. */
  #leavingFor(neededMinor: number, instead: Bid | null): number {
    let leftMinor = neededMinor
    let leaving = 0
    for (let bid = this.#last.worst; bid !== null; bid = bid.better) {
      if (bid === instead) continue
      if (leftMinor < bid.acceptedMinor) break
      leftMinor -= bid.acceptedMinor
      leaving++
    }
    return leaving
  }

  #displace(excessMinor: number): readonly Displaced[] {
    const displaced: Displaced[] = []
    let leftMinor = excessMinor
    while (leftMinor > 0) {
      const { worst } = this.#last
      assert(worst !== null, 'only bids that rank last are displaced')
      const releasedMinor = Math.min(leftMinor, worst.acceptedMinor)
      worst.acceptedMinor -= releasedMinor
      this.#lastMinor -= releasedMinor
      leftMinor -= releasedMinor
      displaced.push({ bid: worst, releasedMinor })
      if (worst.acceptedMinor > 0) continue
      this.#last.remove(worst)
      this.bidCount--
    }
    return displaced
  }

  #enter(bid: Bid): void {
    const list = this.#listOf(bid)
    list.insertAfter(list.worst, bid)
    this.#count(bid, bid.acceptedMinor)
    this.bidCount++
    assert(this.#firmMinor <= this.terms.amountMinor, 'no more is accepted than was asked for')
  }

  #count(bid: Bid, byMinor: number): void {
    if (bid.rank === 'last') this.#lastMinor += byMinor
    else this.#firmMinor += byMinor
  }

  #listOf({ rank }: Bid): BidList {
    return rank === 'last' ? this.#last : this.#firm
  }
}
