/** The books in which a better bid takes the place of worse ones, once more: an array in the order of the ranks, from
 *  which everything is counted anew each time. What differs between them is what the ranks are and the rates paid. */
import { minor } from '../../../schema/index.ts'
import type { Minor, RatePpm, RejectCode } from '../../../schema/index.ts'
import type { Bid, Displaced } from './bid.ts'
import type { Book, BookTerms, LostLevel, Wish } from './book.ts'

export abstract class NaiveRankedBook implements Book {
  protected readonly terms: BookTerms
  protected all: readonly Bid[] = []
  /** Each bid that a better one put out, never forgotten. */
  protected readonly gone: { readonly ratePpm: number; readonly amountMinor: number }[] = []

  constructor(terms: BookTerms) {
    this.terms = terms
  }

  /** The lower the better; of equal ones the earlier bid is. */
  protected abstract rankOf(bid: Pick<Bid, 'ratePpm' | 'rank'>): number
  /** Of what rank is the bid to which anything that is left must be open. */
  protected abstract remainderFor(wish: Wish): readonly Bid[]
  abstract clearingRatePpm(): RatePpm
  abstract readonly isComplete: boolean

  vcgRatePpm(): RatePpm {
    return this.clearingRatePpm()
  }

  get fundedMinor(): number {
    return sumOf(this.all)
  }

  get bidCount(): number {
    return this.all.length
  }

  quote(wish: Wish, instead: Bid | null): Minor | RejectCode {
    const { terms } = this
    if (wish.ratePpm > terms.ratePpm) return 'rate-above-ceiling'
    if (wish.amountMinor < terms.minBidMinor) return 'bid-below-minimum'
    const others = this.all.filter((bid) => bid !== instead)
    const roomMinor =
      terms.amountMinor - sumOf(this.remainderFor(wish).filter((bid) => bid !== instead))
    const remainderMinor = roomMinor - wish.amountMinor
    if (remainderMinor > 0 && remainderMinor < terms.minBidMinor) return 'remainder-below-minimum'
    const worse = others.filter((bid) => this.rankOf(bid) > this.rankOf(wish)).toReversed()
    const leftMinor = terms.amountMinor - sumOf(others)
    const possible = this.#candidates(wish.amountMinor, leftMinor, worse).filter((amountMinor) =>
      this.#isPossible(amountMinor, leftMinor, worse),
    )
    const acceptedMinor = Math.max(0, ...possible.filter((one) => one <= wish.amountMinor))
    if (acceptedMinor === 0) return 'rate-not-competitive'
    if (wish.timeInForce === 'fill-or-kill' && acceptedMinor < wish.amountMinor)
      return 'fill-below-minimum'
    if (acceptedMinor < Math.max(terms.minBidMinor, wish.minFillMinor)) return 'fill-below-minimum'
    const staying = this.#lower(worse, acceptedMinor - leftMinor).filter(
      (keptMinor) => keptMinor > 0,
    )
    const count = others.length - worse.length + staying.length + 1
    return count > terms.bidsMax ? 'book-full' : minor(acceptedMinor)
  }

  place(newcomer: Bid): readonly Displaced[] {
    this.restore(newcomer)
    const worse = this.all.filter((bid) => this.rankOf(bid) > this.rankOf(newcomer)).toReversed()
    const kept = this.#lower(worse, this.fundedMinor - this.terms.amountMinor)
    const displaced = worse.flatMap((bid, index): Displaced[] => {
      const releasedMinor = bid.acceptedMinor - (kept[index] ?? 0)
      return releasedMinor > 0 ? [{ bid, releasedMinor }] : []
    })
    for (const { bid, releasedMinor } of displaced) bid.acceptedMinor -= releasedMinor
    this.gone.push(...this.all.filter((bid) => bid.acceptedMinor === 0))
    this.all = this.all.filter((bid) => bid.acceptedMinor > 0)
    return displaced
  }

  restore(bid: Bid): void {
    this.all = [...this.all, bid].sort(
      (a, b) => this.rankOf(a) - this.rankOf(b) || a.place - b.place,
    )
  }

  reduce(bid: Bid, releasedMinor: number): void {
    bid.acceptedMinor -= releasedMinor
  }

  cancel(bid: Bid): void {
    this.all = this.all.filter((other) => other !== bid)
  }

  displacedMax(addedMinor: number): number {
    return this.fundedMinor + addedMinor <= this.terms.amountMinor ? 0 : this.bidCount
  }

  cutToSize(): readonly Displaced[] {
    return []
  }

  bids(): Bid[] {
    return [...this.all]
  }

  lost(): readonly LostLevel[] {
    return []
  }

  restoreLost([ratePpm, amountMinor]: LostLevel): void {
    this.gone.push({ ratePpm, amountMinor })
  }

  /** All that is wished; what is left; and with each of the worse ones out, also as much of the next as it can spare. */
  #candidates(amountMinor: number, leftMinor: number, worse: readonly Bid[]): readonly number[] {
    const candidates = [amountMinor, leftMinor]
    worse.forEach((bid, index) => {
      const beforeMinor = leftMinor + sumOf(worse.slice(0, index))
      candidates.push(
        beforeMinor + bid.acceptedMinor,
        beforeMinor + bid.acceptedMinor - this.floorOf(bid),
      )
    })
    return candidates
  }

  /** Nobody may be left with less than the smallest bid and the own least fill. */
  #isPossible(amountMinor: number, leftMinor: number, worse: readonly Bid[]): boolean {
    const neededMinor = amountMinor - leftMinor
    if (neededMinor > sumOf(worse)) return false
    return this.#lower(worse, neededMinor).every((keptMinor, index) => {
      const bid = worse[index]
      if (bid === undefined || keptMinor === 0 || keptMinor === bid.acceptedMinor) return true
      return keptMinor >= this.floorOf(bid)
    })
  }

  /** What each keeps when so much is taken, from the first on. */
  #lower(bids: readonly Bid[], takenMinor: number): readonly number[] {
    let leftMinor = Math.max(0, takenMinor)
    return bids.map(({ acceptedMinor }) => {
      const goesMinor = Math.min(acceptedMinor, leftMinor)
      leftMinor -= goesMinor
      return acceptedMinor - goesMinor
    })
  }

  /** With less than that it leaves whole. */
  protected floorOf(bid: Bid): number {
    return Math.max(this.terms.minBidMinor, bid.minFillMinor)
  }
}

export function sumOf(bids: readonly Pick<Bid, 'acceptedMinor'>[]): number {
  return bids.reduce((sum, bid) => sum + bid.acceptedMinor, 0)
}

/** Everybody's own rate, by amount. */
export function averageRatePpm(bids: readonly Bid[], otherwise: RatePpm): RatePpm {
  if (bids.length === 0) return otherwise
  const interest = bids.reduce((sum, bid) => sum + bid.acceptedMinor * bid.ratePpm, 0)
  return Math.ceil(interest / sumOf(bids)) as RatePpm
}
