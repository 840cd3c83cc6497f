/** A window in which everybody may bid, shared out at its end in proportion.
 *
 *  Every bid is taken in as it is, up to the listing's amount, though all together be many times that. At the end each
 *  gets floor(amount·bid/sum); what is left over by that goes, a unit each, to the largest fractions, the earlier of
 *  two equal ones. Nobody is given less than the smallest bid or than their own least fill: beginning with the one who
 *  bids least, the latest of two equal ones, whoever would be goes out, and the others share again. Bids that rank last
 *  share in what the others leave. */
import { assert, minor } from '../../../schema/index.ts'
import type { Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
import type { Bid, Displaced } from './bid.ts'
import { leastOf, NONE_DISPLACED, NONE_LOST } from './book.ts'
import type { Book, BookTerms, LostLevel, Wish } from './book.ts'
import { BidList } from './bid-list.ts'

export class ProRataBook implements Book {
  readonly isComplete = false
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

  vcgRatePpm(): RatePpm {
    return this.#terms.ratePpm
  }

  quote(wish: Wish, instead: Bid | null): Minor | RejectCode {
    const { amountMinor, ratePpm, minBidMinor, bidsMax } = this.#terms
    if (wish.ratePpm > ratePpm) return 'rate-above-ceiling'
    if (wish.amountMinor < minBidMinor) return 'bid-below-minimum'
    if (wish.timeInForce !== 'until-closed') return 'not-immediate'
    const acceptedMinor = Math.min(wish.amountMinor, amountMinor)
    if (acceptedMinor < leastOf(wish, this.#terms)) return 'fill-below-minimum'
    const isFull = instead === null && this.bidCount >= bidsMax
    return isFull ? 'book-full' : minor(acceptedMinor)
  }

  place(bid: Bid): readonly Displaced[] {
    this.restore(bid)
    return NONE_DISPLACED
  }

  restore(bid: Bid): void {
    this.#list.insertAfter(this.#list.worst, bid)
    this.fundedMinor += bid.acceptedMinor
    this.bidCount++
    assert(Number.isSafeInteger(this.fundedMinor), 'what a window takes in can be summed')
  }

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

  displacedMax(): number {
    return 0
  }

  cutToSize(): readonly Displaced[] {
    const { amountMinor } = this.#terms
    if (this.fundedMinor <= amountMinor) return NONE_DISPLACED
    const bids = this.#list.toArray()
    const shares = new Map<Bid, number>()
    const leftMinor = this.#share(
      bids.filter(({ rank }) => rank === 'by-rate'),
      amountMinor,
      shares,
    )
    this.#share(
      bids.filter(({ rank }) => rank === 'last'),
      leftMinor,
      shares,
    )
    const displaced: Displaced[] = []
    for (const bid of bids.toReversed()) {
      const releasedMinor = bid.acceptedMinor - (shares.get(bid) ?? 0)
      if (releasedMinor === 0) continue
      if (releasedMinor === bid.acceptedMinor) this.cancel(bid)
      else this.fundedMinor -= releasedMinor
      bid.acceptedMinor -= releasedMinor
      displaced.push({ bid, releasedMinor })
    }
    assert(this.fundedMinor <= amountMinor, 'no more is given out than was asked for')
    return displaced
  }

  bids(): Bid[] {
    return this.#list.toArray()
  }

  lost(): readonly LostLevel[] {
    return NONE_LOST
  }

  restoreLost(): void {}

  /** Notes each one's share of `amountMinor`, in units; tells what of it is left. Whoever can be given enough stays so
   *  as others go out, so that one walk from the smallest bid on finds all who go. */
  #share(bids: readonly Bid[], amountMinor: number, shares: Map<Bid, number>): number {
    const amount = BigInt(amountMinor)
    let sum = bids.reduce((total, bid) => total + BigInt(bid.acceptedMinor), 0n)
    const staying = bids
      .toSorted((a, b) => a.acceptedMinor - b.acceptedMinor || b.place - a.place)
      .filter((bid) => {
        const given = sum <= amount ? sum : amount
        const least = BigInt(Math.max(this.#terms.minBidMinor, bid.minFillMinor))
        if (given * BigInt(bid.acceptedMinor) >= least * sum) return true
        sum -= BigInt(bid.acceptedMinor)
        return false
      })
    const given = sum <= amount ? sum : amount
    const parts = staying.map((bid) => {
      const product = given * BigInt(bid.acceptedMinor)
      return { bid, share: product / sum, fraction: product % sum }
    })
    let over = parts.reduce((left, { share }) => left - share, given)
    parts.sort((a, b) => compare(b.fraction, a.fraction) || a.bid.place - b.bid.place)
    for (const { bid, share } of parts) {
      const extra = over > 0n ? 1n : 0n
      shares.set(bid, Number(share + extra))
      over -= extra
    }
    return Number(amount - given)
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b)
}
