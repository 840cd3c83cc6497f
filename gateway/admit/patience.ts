/** How long somebody is borne with who was told to slow down and goes on. Once it is at an end it stays so until
 *  some has come back. */
import { LIMITED_BURST_MAX, LIMITED_PER_SECOND_MAX, LIMITED_RETURN } from '../../schema/index.ts'
import { TokenBucket } from './token-bucket.ts'

const SIZE = { perSecond: LIMITED_PER_SECOND_MAX, burst: LIMITED_BURST_MAX }

export class Patience {
  readonly #left: TokenBucket
  #isOut = false

  constructor(nowMs: number) {
    this.#left = new TokenBucket(SIZE, nowMs)
  }

  /** Something of this price was refused. */
  lose(price: number, nowMs: number): void {
    this.#left.drain(price, nowMs)
    if (this.#left.state(nowMs).left === 0) this.#isOut = true
  }

  isOut(nowMs: number): boolean {
    if (this.#isOut && this.#left.state(nowMs).left >= LIMITED_RETURN) this.#isOut = false
    return this.#isOut
  }

  /** All of it is there again. */
  isFull(nowMs: number): boolean {
    return this.#left.isFull(nowMs)
  }
}
