/** Records of 80 bytes in pages of plain memory: they grow without copying and leave the garbage
 *  collector nothing to look at. Slots count from 1, so that 0 can say "none". */
import { assert } from '../../schema/index.ts'

export const NO_SLOT = 0

/** Fields that are safe integers, by their place among the doubles of a record. */
export const NUMBER = { accountId: 0, sequence: 1, given: 2, givenToo: 3 } as const
/** A record that continues another has nothing but numbers. */
export const MORE_NUMBERS_MAX = 10
/** Fields of 32 bits, by their place among the words of a record; the doubles take the first 8. */
export const WORD = {
  first: 8,
  second: 9,
  third: 10,
  fourth: 11,
  printHigh: 12,
  printLow: 13,
  code: 14,
  nextInBucket: 15,
  newerOfAccount: 16,
  older: 17,
  newer: 18,
  /** The slot that continues this record; mostly none. */
  more: 19,
} as const

/** The place of a number in a record. */
type NumberField = number
type WordField = (typeof WORD)[keyof typeof WORD]

const RECORD_WORDS = 20
const RECORD_NUMBERS = 10
const PAGE_BITS = 12
const PAGE_RECORDS = 1 << PAGE_BITS

export class KeyPages {
  readonly #words: Int32Array[] = []
  readonly #numbers: Float64Array[] = []
  #used = 0
  #given = 0
  /** Slots given back, chained by `newer`. */
  #free = NO_SLOT

  /** Slots that are taken and not given back. */
  get inUse(): number {
    return this.#given
  }

  /** The highest slot that was ever taken. */
  get used(): number {
    return this.#used
  }

  /** A slot whose fields are still to be written. */
  take(): number {
    this.#given++
    const slot = this.#free
    if (slot !== NO_SLOT) {
      this.#free = this.word(slot, WORD.newer)
      return slot
    }
    if (this.#used === this.#words.length * PAGE_RECORDS) this.#addPage()
    return ++this.#used
  }

  giveBack(slot: number): void {
    this.#given--
    this.setWord(slot, WORD.newer, this.#free)
    this.#free = slot
  }

  word(slot: number, field: WordField): number {
    const value = this.#words[(slot - 1) >>> PAGE_BITS]?.[wordPlace(slot) + field]
    assert(value !== undefined, 'a slot lies in a page')
    return value
  }

  setWord(slot: number, field: WordField, value: number): void {
    const page = this.#words[(slot - 1) >>> PAGE_BITS]
    assert(page !== undefined, 'a slot lies in a page')
    page[wordPlace(slot) + field] = value
  }

  number(slot: number, field: NumberField): number {
    const value = this.#numbers[(slot - 1) >>> PAGE_BITS]?.[numberPlace(slot) + field]
    assert(value !== undefined, 'a slot lies in a page')
    return value
  }

  setNumber(slot: number, field: NumberField, value: number): void {
    const page = this.#numbers[(slot - 1) >>> PAGE_BITS]
    assert(page !== undefined, 'a slot lies in a page')
    page[numberPlace(slot) + field] = value
  }

  #addPage(): void {
    const page = new ArrayBuffer(PAGE_RECORDS * RECORD_WORDS * Int32Array.BYTES_PER_ELEMENT)
    this.#words.push(new Int32Array(page))
    this.#numbers.push(new Float64Array(page))
  }
}

function wordPlace(slot: number): number {
  return ((slot - 1) & (PAGE_RECORDS - 1)) * RECORD_WORDS
}

function numberPlace(slot: number): number {
  return ((slot - 1) & (PAGE_RECORDS - 1)) * RECORD_NUMBERS
}
