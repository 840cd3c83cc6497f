/** What an auction's book has let go, by rate: the competition that the winners had. No more of it is kept than could
 *  take the place of all winners, the best of it, so it is never more levels than a book has bids. */
import { assert } from '../../../schema/index.ts'
import type { LostLevel } from './book.ts'

export class LostBids {
  readonly #amountMinor: number
  readonly #rates: number[] = []
  readonly #amounts: number[] = []
  #sumMinor = 0

  /** @param amountMinor of the listing */
  constructor(amountMinor: number) {
    this.#amountMinor = amountMinor
  }

  /** Best rate first. */
  levels(): readonly LostLevel[] {
    return this.#rates.map((rate, place) => [rate, this.#amounts[place] ?? 0])
  }

  /** What of a level is more than the listing's amount by itself counts for no more than that. */
  add(ratePpm: number, lostMinor: number): void {
    const place = this.#placeOf(ratePpm)
    const knownMinor = this.#rates[place] === ratePpm ? (this.#amounts[place] ?? 0) : 0
    if (knownMinor === 0) {
      if (place === this.#rates.length && this.#sumMinor >= this.#amountMinor) return
      this.#rates.splice(place, 0, ratePpm)
      this.#amounts.splice(place, 0, 0)
    }
    const addedMinor = Math.min(lostMinor, this.#amountMinor - knownMinor)
    this.#amounts[place] = knownMinor + addedMinor
    this.#sumMinor += addedMinor
    this.#forget()
  }

  /** Lets the worst level go as long as the others are enough. */
  #forget(): void {
    for (;;) {
      const worstMinor = this.#amounts.at(-1)
      assert(worstMinor !== undefined, 'something was lost')
      if (this.#sumMinor - worstMinor < this.#amountMinor) return
      this.#rates.pop()
      this.#amounts.pop()
      this.#sumMinor -= worstMinor
    }
  }

  #placeOf(ratePpm: number): number {
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
