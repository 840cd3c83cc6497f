/** A reverse auction: the lowest rates win, the earlier of two equal ones, and who ranks last stands behind all.
 *
 *  Once the listing is covered, a better bid takes its place from the worst ones. What was taken
 *  away is released for good: it does not come back when a better bid is cancelled. What the winners are paid is the
 *  matter of the two kinds of auction. */
import { assert, minor } from '../../../schema/index.ts'
import type { Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
import { standingOf } from './bid.ts'
import type { Bid, Displaced } from './bid.ts'
import { leastOf, NONE_DISPLACED, NONE_LOST, partOf } from './book.ts'
import type { Book, BookTerms, LostLevel, Wish } from './book.ts'
import { RateLadder } from './rate-ladder.ts'

export abstract class AuctionBook implements Book {
  /** A better bid may always come, until the time is over. */
  readonly isComplete = false
  fundedMinor = 0
  bidCount = 0
  protected readonly terms: BookTerms
  protected readonly ladder = new RateLadder()

  constructor(terms: BookTerms) {
    this.terms = terms
  }

  abstract clearingRatePpm(): RatePpm

  vcgRatePpm(): RatePpm {
    return this.clearingRatePpm()
  }

  protected get isCovered(): boolean {
    return this.fundedMinor === this.terms.amountMinor
  }

  /** There is room for what is not covered yet and for all that is worse; walks only over bids that
   *  the offer would displace. Of the first that it would not displace whole it takes what that one can spare. */
  quote(wish: Wish, instead: Bid | null): Minor | RejectCode {
    const { amountMinor } = wish
    if (wish.ratePpm > this.terms.ratePpm) return 'rate-above-ceiling'
    if (amountMinor < this.terms.minBidMinor) return 'bid-below-minimum'
    const standing = standingOf(wish)
    const ownMinor = instead === null ? 0 : instead.acceptedMinor
    let roomMinor = this.terms.amountMinor - this.fundedMinor + ownMinor
    const remainderMinor = roomMinor - amountMinor
    if (remainderMinor > 0 && remainderMinor < this.terms.minBidMinor)
      return 'remainder-below-minimum'
    let leaving = instead === null ? 0 : 1
    for (let bid = this.ladder.worst; bid !== null && roomMinor < amountMinor; bid = bid.better) {
      if (standingOf(bid) <= standing) break
      if (bid === instead) continue
      const wantedMinor = amountMinor - roomMinor
      if (wantedMinor < bid.acceptedMinor) {
        roomMinor += partOf(bid, wantedMinor, this.terms)
        break
      }
      roomMinor += bid.acceptedMinor
      leaving++
    }
    if (roomMinor === 0) return 'rate-not-competitive'
    const acceptedMinor = amountMinor < roomMinor ? amountMinor : roomMinor
    if (acceptedMinor < leastOf(wish, this.terms)) return 'fill-below-minimum'
    if (this.bidCount - leaving >= this.terms.bidsMax) return 'book-full'
    return minor(acceptedMinor)
  }

  place(bid: Bid): readonly Displaced[] {
    this.#enter(bid)
    const excessMinor = this.fundedMinor - this.terms.amountMinor
    return excessMinor > 0 ? this.#displace(bid, excessMinor) : NONE_DISPLACED
  }

  restore(bid: Bid): void {
    this.#enter(bid)
    assert(this.fundedMinor <= this.terms.amountMinor, 'no more is accepted than was asked for')
  }

  reduce(bid: Bid, releasedMinor: number): void {
    bid.acceptedMinor -= releasedMinor
    this.fundedMinor -= releasedMinor
    assert(bid.acceptedMinor > 0, 'a lowered bid stays in the book')
  }

  cancel(bid: Bid): void {
    this.ladder.remove(bid)
    this.fundedMinor -= bid.acceptedMinor
    this.bidCount--
    assert(this.fundedMinor >= 0, 'what is taken out was in the book')
  }

  displacedMax(addedMinor: number): number {
    return this.fundedMinor + addedMinor <= this.terms.amountMinor ? 0 : this.bidCount
  }

  cutToSize(): readonly Displaced[] {
    return NONE_DISPLACED
  }

  bids(): Bid[] {
    return this.ladder.toArray()
  }

  lost(): readonly LostLevel[] {
    return NONE_LOST
  }

  restoreLost(_level: LostLevel): void {}

  /** Told of each bid that a better one put out. */
  protected noteLost(_bid: Bid): void {}

  #enter(bid: Bid): void {
    this.ladder.insert(bid)
    this.fundedMinor += bid.acceptedMinor
    this.bidCount++
  }

  /** Takes `excessMinor` away from the worst bids, all of which are worse than `newcomer`. */
  #displace(newcomer: Bid, excessMinor: number): readonly Displaced[] {
    const displaced: Displaced[] = []
    const standing = standingOf(newcomer)
    let leftMinor = excessMinor
    while (leftMinor > 0) {
      const { worst } = this.ladder
      assert(worst !== null && standingOf(worst) > standing, 'only worse bids are displaced')
      const releasedMinor = leftMinor < worst.acceptedMinor ? leftMinor : worst.acceptedMinor
      worst.acceptedMinor -= releasedMinor
      leftMinor -= releasedMinor
      displaced.push({ bid: worst, releasedMinor })
      if (worst.acceptedMinor > 0) continue
      this.ladder.remove(worst)
      this.bidCount--
      this.noteLost(worst)
    }
    this.fundedMinor -= excessMinor
    assert(this.isCovered, 'a displaced bid makes room exactly')
    return displaced
  }
}
