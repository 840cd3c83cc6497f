/** The bids of one listing by standing, which is the rate, lowest first, and within it in the order they came; bids that
 *  rank last come behind all others.
 *
 *  All bids hang in one list. Beside it, one sorted array of plain numbers has a step for each rate in
 *  use, which says where the newest bid of that rate is kept: a new bid goes right behind the last one
 *  that is not worse. Finding the step is a binary search, making room for one moves a few hundred
 *  bytes, everything else is constant, and a listing costs memory only for the rates that its bids
 *  use (a slot for each of a million rates would take gigabytes for fifty thousand listings). */
import { assert } from '../../../schema/index.ts'
import type { RatePpm } from '../../../schema/index.ts'
import { LAST_FROM, standingOf } from './bid.ts'
import type { Bid } from './bid.ts'
import { BidList } from './bid-list.ts'

/** A step is `standing * PLACES + place`: sorted by standing, and its place in `#newest` in the low digits. */
const PLACES = 16_384
const STEPS_MIN = 8

export class RateLadder {
  readonly #list = new BidList()
  #steps = new Float64Array(STEPS_MIN)
  #count = 0
  /** The newest bid of each rate in use, at the place that its step tells. */
  readonly #newest: Bid[] = []
  readonly #freePlaces: number[] = []

  get worst(): Bid | null {
    return this.#list.worst
  }

  /** The highest rate of all bids, wherever they rank; null without any. */
  highestRate(): RatePpm | null {
    const { worst } = this.#list
    if (worst === null || worst.rank !== 'last') return worst === null ? null : worst.ratePpm
    const index = this.#stepOf(LAST_FROM)
    if (index === 0) return worst.ratePpm
    const { ratePpm } = this.#newestAt(placeOf(this.#step(index - 1)))
    return ratePpm > worst.ratePpm ? ratePpm : worst.ratePpm
  }

  /** Puts in a bid that is newer than all others at its standing. */
  insert(bid: Bid): void {
    const standing = standingOf(bid)
    const index = this.#stepOf(standing)
    if (index < this.#count && standingAt(this.#step(index)) === standing) {
      const place = placeOf(this.#step(index))
      this.#list.insertAfter(this.#newestAt(place), bid)
      this.#newest[place] = bid
      return
    }
    const before = index === 0 ? null : this.#newestAt(placeOf(this.#step(index - 1)))
    this.#list.insertAfter(before, bid)
    this.#addStep(index, bid)
  }

  remove(bid: Bid): void {
    const { better, worse } = bid
    const standing = standingOf(bid)
    this.#list.remove(bid)
    if (worse !== null && standingOf(worse) === standing) return
    const index = this.#stepOf(standing)
    const place = placeOf(this.#step(index))
    assert(this.#newest[place] === bid, 'the newest bid of a rate is known')
    if (better !== null && standingOf(better) === standing) this.#newest[place] = better
    else this.#dropStep(index, place)
  }

  toArray(): Bid[] {
    return this.#list.toArray()
  }

  #addStep(index: number, bid: Bid): void {
    if (this.#count === this.#steps.length) this.#grow()
    const place = this.#freePlaces.pop() ?? this.#newest.length
    assert(place < PLACES, 'a place fits into the low digits of its step')
    this.#steps.copyWithin(index + 1, index, this.#count)
    this.#steps[index] = standingOf(bid) * PLACES + place
    this.#newest[place] = bid
    this.#count++
  }

  /** The bid that left stays in `#newest` until the place is used again: a few, never more. */
  #dropStep(index: number, place: number): void {
    this.#steps.copyWithin(index, index + 1, this.#count)
    this.#freePlaces.push(place)
    this.#count--
  }

  #grow(): void {
    const steps = new Float64Array(this.#steps.length * 2)
    steps.set(this.#steps)
    this.#steps = steps
  }

  #step(index: number): number {
    const step = this.#steps[index]
    assert(step !== undefined, 'a step lies in the ladder')
    return step
  }

  #newestAt(place: number): Bid {
    const bid = this.#newest[place]
    assert(bid !== undefined, 'every rate in use has a newest bid')
    return bid
  }

  /** The first step whose standing is not below this. */
  #stepOf(standing: number): number {
    const least = standing * PLACES
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#steps[middle] ?? 0) < least) low = middle + 1
      else high = middle
    }
    return low
  }
}

function standingAt(step: number): number {
  return Math.floor(step / PLACES)
}

function placeOf(step: number): number {
  return step % PLACES
}
