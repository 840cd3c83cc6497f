/** A walk over the records of key memory by age, from the oldest, while some are let go and others come.
 *
 *  A record that is let go before the walk has passed it keeps its slot, in a chain before the record that
 *  is next newer; the walk takes it from there in its turn. What came after the walk began is no part of it. */
import { SpreadMap } from '../spread-map.ts'
import { NO_SLOT, NUMBER, WORD } from './key-pages.ts'
import type { KeyPages } from './key-pages.ts'

interface Chain {
  oldest: number
  readonly newest: number
}

export class KeyWalk {
  readonly #pages: KeyPages
  /** The last entry whose records are part of it. */
  readonly #sequence: number
  /** A bit for each slot. */
  readonly #passed: Uint8Array
  /** Records that were let go, by the slot that they stood before; at the end, before none. */
  readonly #kept = new SpreadMap<Chain>()
  #at: number
  /** True of the record given last. */
  isLetGo = false

  constructor(pages: KeyPages, oldest: number, sequence: number) {
    this.#pages = pages
    this.#sequence = sequence
    this.#passed = new Uint8Array((pages.used >>> 3) + 1)
    this.#at = this.#ifPart(oldest)
  }

  /** The slot of the next record; NO_SLOT when there are no more. */
  next(): number {
    const chain = this.#kept.get(this.#at)
    this.isLetGo = chain !== undefined
    if (chain !== undefined) return this.#first(chain)
    const slot = this.#at
    if (slot === NO_SLOT) return NO_SLOT
    this.#passed[slot >>> 3] = (this.#passed[slot >>> 3] ?? 0) | (1 << (slot & 7))
    this.#at = this.#ifPart(this.#pages.word(slot, WORD.newer))
    return slot
  }

  /** To be called when a record has been taken out of the ages, its own link to the next newer still as it was.
   *  True when its slot is not to be given back yet. */
  keeps(slot: number): boolean {
    if (this.#ifPart(slot) === NO_SLOT || this.#isPassed(slot)) return false
    const newer = this.#ifPart(this.#pages.word(slot, WORD.newer))
    const oldest = this.#link(this.#kept.take(slot), slot)
    this.#pages.setWord(slot, WORD.newer, NO_SLOT)
    const after = this.#kept.get(newer)
    if (after !== undefined) this.#pages.setWord(slot, WORD.newer, after.oldest)
    this.#kept.set(newer, { oldest, newest: after?.newest ?? slot })
    if (this.#at === slot) this.#at = newer
    return true
  }

  /** What was kept and not passed. */
  *kept(): Generator<number> {
    for (const chain of this.#kept.values())
      for (let slot = chain.oldest, newer; slot !== NO_SLOT; slot = newer) {
        newer = this.#pages.word(slot, WORD.newer)
        yield slot
      }
  }

  #first(chain: Chain): number {
    const slot = chain.oldest
    if (slot === chain.newest) this.#kept.take(this.#at)
    else chain.oldest = this.#pages.word(slot, WORD.newer)
    return slot
  }

  /** Puts a slot behind the chain that stood before it; gives the oldest of both. */
  #link(before: Chain | undefined, slot: number): number {
    if (before === undefined) return slot
    this.#pages.setWord(before.newest, WORD.newer, slot)
    return before.oldest
  }

  #isPassed(slot: number): boolean {
    return ((this.#passed[slot >>> 3] ?? 0) & (1 << (slot & 7))) !== 0
  }

  #ifPart(slot: number): number {
    if (slot === NO_SLOT) return NO_SLOT
    return this.#pages.number(slot, NUMBER.sequence) <= this.#sequence ? slot : NO_SLOT
  }
}
