/** The listings by when time brings about something for them, the earlier id first when two are due together.
 *
 *  A binary heap; each listing knows its place in it, so one that fills early leaves in O(log n). */
import { assert } from '../../schema/index.ts'
import { dueAtMs } from './listing.ts'
import type { Listing } from './listing.ts'

export class TimerQueue {
  readonly #heap: Listing[] = []

  /** The listing that is due next, still in the queue. */
  get next(): Listing | null {
    return this.#heap[0] ?? null
  }

  add(listing: Listing): void {
    this.#heap.push(listing)
    this.#rise(listing, this.#heap.length - 1)
  }

  remove(listing: Listing): void {
    const place = listing.timerPlace
    assert(this.#heap[place] === listing, 'a listing knows its place in the queue')
    const last = this.#heap.pop()
    if (last === undefined || last === listing) return
    this.#rise(last, place)
    this.#sink(last, last.timerPlace)
  }

  /** To be called whenever a listing became due at another time than it was. */
  move(listing: Listing): void {
    this.#rise(listing, listing.timerPlace)
    this.#sink(listing, listing.timerPlace)
  }

  #rise(listing: Listing, from: number): void {
    let place = from
    while (place > 0) {
      const above = this.#at((place - 1) >>> 1)
      if (isSooner(above, listing)) break
      this.#put(above, place)
      place = (place - 1) >>> 1
    }
    this.#put(listing, place)
  }

  #sink(listing: Listing, from: number): void {
    let place = from
    for (;;) {
      const below = this.#soonerChild(place)
      if (below === null || isSooner(listing, below)) break
      const freed = below.timerPlace
      this.#put(below, place)
      place = freed
    }
    this.#put(listing, place)
  }

  #soonerChild(place: number): Listing | null {
    const left = this.#heap[2 * place + 1]
    const right = this.#heap[2 * place + 2]
    if (left === undefined) return null
    return right !== undefined && isSooner(right, left) ? right : left
  }

  #put(listing: Listing, place: number): void {
    this.#heap[place] = listing
    listing.timerPlace = place
  }

  #at(place: number): Listing {
    const listing = this.#heap[place]
    assert(listing !== undefined, 'the heap has no holes')
    return listing
  }
}

function isSooner(a: Listing, b: Listing): boolean {
  const [aAtMs, bAtMs] = [dueAtMs(a), dueAtMs(b)]
  return aAtMs < bAtMs || (aAtMs === bAtMs && a.listingId < b.listingId)
}
