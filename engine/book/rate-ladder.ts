/** The bids of one listing by rate, lowest first, and within a rate in the order they came.
 *
 *  All bids hang in one list. Beside it, two sorted arrays say for each rate in use which bid is the
 *  last of that rate: a new bid goes right behind the last one that is not worse. Finding it is a
 *  binary search over a few hundred rates, everything else is constant, and a listing costs memory
 *  only for the rates that its bids use (a slot for each of a million rates would take gigabytes
 *  for fifty thousand listings). */
import { assert } from '../../schema/index.ts'
import type { Bid } from './bid.ts'
import { BidList } from './bid-list.ts'

export class RateLadder {
  readonly #list = new BidList()
  /** The rates in use, ascending; beside each its newest bid. */
  readonly #rates: number[] = []
  readonly #lasts: Bid[] = []

  get worst(): Bid | null {
    return this.#list.worst
  }

  /** Puts in a bid that is newer than all others at its rate. */
  insert(bid: Bid): void {
    const level = this.#levelOf(bid.ratePpm)
    if (this.#rates[level] === bid.ratePpm) {
      this.#list.insertAfter(this.#last(level), bid)
      this.#lasts[level] = bid
      return
    }
    this.#list.insertAfter(level === 0 ? null : this.#last(level - 1), bid)
    this.#rates.splice(level, 0, bid.ratePpm)
    this.#lasts.splice(level, 0, bid)
  }

  remove(bid: Bid): void {
    const { better, worse, ratePpm } = bid
    this.#list.remove(bid)
    if (worse !== null && worse.ratePpm === ratePpm) return
    const level = this.#levelOf(ratePpm)
    assert(this.#lasts[level] === bid, 'the newest bid of a rate is known')
    if (better !== null && better.ratePpm === ratePpm) {
      this.#lasts[level] = better
      return
    }
    this.#rates.splice(level, 1)
    this.#lasts.splice(level, 1)
  }

  toArray(): Bid[] {
    return this.#list.toArray()
  }

  #last(level: number): Bid {
    const bid = this.#lasts[level]
    assert(bid !== undefined, 'every rate in use has a newest bid')
    return bid
  }

  /** The first level whose rate is not below `ratePpm`. */
  #levelOf(ratePpm: number): number {
    let low = 0
    let high = this.#rates.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#rates[middle] ?? 0) < ratePpm) low = middle + 1
      else high = middle
    }
    return low
  }
}
