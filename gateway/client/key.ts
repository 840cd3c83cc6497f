/** Makes keys: UUIDv7, each greater than the one before, different from those of any other maker.
 *
 *  48 bits of time, 12 bits counting within the millisecond, 62 random bits drawn once a millisecond
 *  (RFC 9562, 6.2 method 1). A clock that is set back by more than a moment is followed: keys are then
 *  not greater than those before, but different all the same. Within one millisecond only three digits change, which is what makes a
 *  hundred thousand keys a second cheap. When the count is used up the time runs ahead by one. */
import type { Key } from '../../schema/index.ts'

const COUNT_END = 0x1000
/** By so much the time may have run ahead. */
const AHEAD_MS_MAX = 1_000

export class KeyMaker {
  readonly #now: () => number
  #timeMs = 0
  #count = 0
  #head = ''
  #tail = ''

  constructor(now: () => number) {
    this.#now = now
  }

  next(): Key {
    const nowMs = this.#now()
    if (nowMs > this.#timeMs || nowMs < this.#timeMs - AHEAD_MS_MAX) this.#turnTo(nowMs)
    else if (this.#count === COUNT_END) this.#turnTo(this.#timeMs + 1)
    return `${this.#head}${hex(this.#count++, 3)}${this.#tail}` as Key
  }

  #turnTo(timeMs: number): void {
    const time = hex(timeMs, 12)
    const random = crypto.getRandomValues(new Uint32Array(2))
    const high = hex(((random[0] ?? 0) & 0x3fff_ffff) + 0x8000_0000, 8)
    this.#timeMs = timeMs
    this.#count = 0
    this.#head = `${time.slice(0, 8)}-${time.slice(8)}-7`
    this.#tail = `-${high.slice(0, 4)}-${high.slice(4)}${hex(random[1] ?? 0, 8)}`
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
