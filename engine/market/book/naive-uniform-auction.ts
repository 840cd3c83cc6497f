/** The uniform auction once more: a sorted array that is allocated anew from the top each time. */
import { minor } from '../../../schema/index.ts'
import type { Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
import type { Bid, Displaced } from './bid.ts'
import type { Book, BookTerms } from './book.ts'

export class NaiveUniformAuctionBook implements Book {
  readonly closesWhenCovered = false
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
    const worst = this.#bids.at(-1)
    const isCovered = this.fundedMinor === this.#terms.amountMinor
    return isCovered && worst !== undefined ? worst.ratePpm : this.#terms.ratePpm
  }

  quote(amountMinor: Minor, ratePpm: RatePpm, instead: Bid | null): Minor | RejectCode {
    if (ratePpm > this.#terms.ratePpm) return 'rate-above-ceiling'
    if (amountMinor < this.#terms.minBidMinor) return 'bid-below-minimum'
    const book = this.#bids.filter((bid) => bid !== instead)
    const notWorse = book.filter((bid) => bid.ratePpm <= ratePpm)
    const aheadMinor = notWorse.reduce((sum, bid) => sum + bid.acceptedMinor, 0)
    const acceptedMinor = Math.min(amountMinor, this.#terms.amountMinor - aheadMinor)
    if (acceptedMinor === 0) return 'rate-not-competitive'
    const others = book.filter((bid) => bid.ratePpm > ratePpm).map((bid) => bid.acceptedMinor)
    const staying = this.#prefix(others, this.#terms.amountMinor - aheadMinor - acceptedMinor)
    const count = notWorse.length + staying.filter((stayingMinor) => stayingMinor > 0).length + 1
    return count > this.#terms.bidsMax ? 'book-full' : minor(acceptedMinor)
  }

  place(newcomer: Bid): readonly Displaced[] {
    this.restore(newcomer)
    const before = this.#bids.map((bid) => bid.acceptedMinor)
    const after = this.#prefix(before, this.#terms.amountMinor)
    const displaced = this.#bids.flatMap((bid, index): Displaced[] => {
      const releasedMinor = (before[index] ?? 0) - (after[index] ?? 0)
      return releasedMinor > 0 ? [{ bid, releasedMinor }] : []
    })
    for (const { bid, releasedMinor } of displaced) bid.acceptedMinor -= releasedMinor
    this.#bids = this.#bids.filter((bid) => bid.acceptedMinor > 0)
    return displaced.toReversed()
  }

  restore(bid: Bid): void {
    this.#bids = [...this.#bids, bid].sort((a, b) => a.ratePpm - b.ratePpm || a.place - b.place)
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

  /** What of each amount, best first, still fits into `limitMinor`. */
  #prefix(amounts: readonly number[], limitMinor: number): number[] {
    let leftMinor = limitMinor
    return amounts.map((amountMinor) => {
      const fitsMinor = Math.min(amountMinor, leftMinor)
      leftMinor -= fitsMinor
      return fitsMinor
    })
  }
}
