/** A running hash of 64 bits over numbers in the order in which they come.
 *
 *  Each lane takes a number in by a step that can be undone, so two traces that once differ go on differing
 *  while they are told the same. It finds mistakes; it is no defence against a forger. */
import { assert } from '../../schema/index.ts'
import type { Key } from '../../schema/index.ts'
import { keyWords } from '../keys/key-words.ts'
import { stirHigh, stirLow } from './hash.ts'

export class Trace {
  #high = 0
  #low = 0

  /** Goes on from what `hex` wrote. */
  static from(hex: string): Trace {
    assert(/^[0-9a-f]{16}$/.test(hex), `${hex} is not a trace`)
    const trace = new Trace()
    trace.#high = Number.parseInt(hex.slice(0, 8), 16) | 0
    trace.#low = Number.parseInt(hex.slice(8), 16) | 0
    return trace
  }

  /** Takes in a safe whole number. */
  number(value: number): void {
    this.#high = stirHigh(this.#high, value)
    this.#low = stirLow(this.#low, value)
  }

  key(key: Key): void {
    const { first, second, third, fourth } = keyWords(key)
    this.number(first)
    this.number(second)
    this.number(third)
    this.number(fourth)
  }

  text(text: string): void {
    this.number(text.length)
    for (let place = 0; place < text.length; place++) this.number(text.charCodeAt(place))
  }

  /** Sixteen hex digits. */
  hex(): string {
    return hexOf(this.#high) + hexOf(this.#low)
  }
}

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
