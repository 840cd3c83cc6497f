/** The pro-rata window once more: whoever cannot be given enough goes out one after the other, and all shares are
 *  worked out anew each time. */
import { minor } from '../../../schema/index.ts'
import type { Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
import type { Bid, Displaced } from './bid.ts'
import type { Book, BookTerms, LostLevel, Wish } from './book.ts'
import { sumOf } from './naive-ranked.ts'

export class NaiveProRataBook implements Book {
  readonly isComplete = false
  readonly #terms: BookTerms
  #bids: readonly Bid[] = []

  constructor(terms: BookTerms) {
    this.#terms = terms
  }

  get fundedMinor(): number {
    return sumOf(this.#bids)
  }

  get bidCount(): number {
    return this.#bids.length
  }

  clearingRatePpm(): RatePpm {
    return this.#terms.ratePpm
  }

  vcgRatePpm(): RatePpm {
    return this.#terms.ratePpm
  }

  quote(wish: Wish, instead: Bid | null): Minor | RejectCode {
    if (wish.ratePpm > this.#terms.ratePpm) return 'rate-above-ceiling'
    if (wish.amountMinor < this.#terms.minBidMinor) return 'bid-below-minimum'
    if (wish.timeInForce !== 'until-closed') return 'not-immediate'
    const count = this.#bids.filter((bid) => bid !== instead).length
    const acceptedMinor = Math.min(wish.amountMinor, this.#terms.amountMinor)
    if (acceptedMinor < wish.minFillMinor) return 'fill-below-minimum'
    const isFull = instead === null && count >= this.#terms.bidsMax
    return isFull ? 'book-full' : minor(acceptedMinor)
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

  displacedMax(): number {
    return 0
  }

  cutToSize(): readonly Displaced[] {
    if (this.fundedMinor <= this.#terms.amountMinor) return []
    const firm = this.#sharesOf('by-rate', this.#terms.amountMinor)
    const givenMinor = [...firm.values()].reduce((sum, share) => sum + share, 0)
    const last = this.#sharesOf('last', this.#terms.amountMinor - givenMinor)
    const displaced = this.#bids.toReversed().flatMap((bid): Displaced[] => {
      const releasedMinor = bid.acceptedMinor - (firm.get(bid) ?? last.get(bid) ?? 0)
      return releasedMinor > 0 ? [{ bid, releasedMinor }] : []
    })
    for (const { bid, releasedMinor } of displaced) bid.acceptedMinor -= releasedMinor
    this.#bids = this.#bids.filter((bid) => bid.acceptedMinor > 0)
    return displaced
  }

  bids(): Bid[] {
    return [...this.#bids]
  }

  lost(): readonly LostLevel[] {
    return []
  }

  restoreLost(): void {}

  #sharesOf(rank: Bid['rank'], amountMinor: number): ReadonlyMap<Bid, number> {
    let bids = this.#bids.filter((bid) => bid.rank === rank)
    for (;;) {
      const shares = sharesOf(bids, amountMinor)
      const unhappy = bids
        .filter((bid) => exactShare(bid, bids, amountMinor) < this.#leastOf(bid))
        .toSorted((a, b) => a.acceptedMinor - b.acceptedMinor || b.place - a.place)
      const [first] = unhappy
      if (first === undefined) return shares
      bids = bids.filter((bid) => bid !== first)
    }
  }

  #leastOf(bid: Bid): number {
    return Math.max(this.#terms.minBidMinor, bid.minFillMinor)
  }
}

function exactShare(bid: Bid, bids: readonly Bid[], amountMinor: number): number {
  const sumMinor = sumOf(bids)
  return sumMinor <= amountMinor ? bid.acceptedMinor : (amountMinor * bid.acceptedMinor) / sumMinor
}

function sharesOf(bids: readonly Bid[], amountMinor: number): ReadonlyMap<Bid, number> {
  const exact = bids.map((bid) => ({ bid, share: exactShare(bid, bids, amountMinor) }))
  const shares = new Map(exact.map(({ bid, share }) => [bid, Math.floor(share)]))
  const givenMinor = [...shares.values()].reduce((sum, share) => sum + share, 0)
  const overMinor = Math.min(amountMinor, sumOf(bids)) - givenMinor
  const sumMinor = sumOf(bids)
  const fractionOf = (bid: Bid): number =>
    sumMinor <= amountMinor ? 0 : (amountMinor * bid.acceptedMinor) % sumMinor
  const first = bids
    .toSorted((a, b) => fractionOf(b) - fractionOf(a) || a.place - b.place)
    .slice(0, overMinor)
  for (const bid of first) shares.set(bid, (shares.get(bid) ?? 0) + 1)
  return shares
}
