/** A budget that refills steadily up to a burst. The clock is the caller's. */
import type { LimitState } from '../../schema/index.ts'

export interface BucketSize {
  readonly perSecond: number
  readonly burst: number
}

/** Counts thousandths, so that a millisecond adds a whole number and nothing is lost to rounding. */
const THOUSAND = 1_000

export class TokenBucket {
  readonly #size: BucketSize
  #left: number
  #atMs: number

  constructor(size: BucketSize, nowMs: number) {
    this.#size = size
    this.#left = size.burst * THOUSAND
    this.#atMs = nowMs
  }

  /** @returns 0 when taken; otherwise nothing was taken, and how long until `count` can be.
   *  A `count` above the burst is taken from a full bucket, which then owes the rest. */
  take(count: number, nowMs: number): number {
    this.#refill(nowMs)
    const needed = Math.min(count, this.#size.burst) * THOUSAND
    if (this.#left >= needed) {
      this.#left -= count * THOUSAND
      return 0
    }
    return Math.ceil((needed - this.#left) / this.#size.perSecond)
  }

  /** Takes `count`, or what is left. */
  drain(count: number, nowMs: number): void {
    this.#refill(nowMs)
    this.#left = Math.max(0, this.#left - count * THOUSAND)
  }

  /** What was taken for something that then did not happen. */
  giveBack(count: number): void {
    this.#left = Math.min(this.#size.burst * THOUSAND, this.#left + count * THOUSAND)
  }

  /** What is left, and how long until the bucket is full again. */
  state(nowMs: number): LimitState {
    this.#refill(nowMs)
    const missing = this.#size.burst * THOUSAND - this.#left
    return {
      left: Math.max(0, Math.floor(this.#left / THOUSAND)),
      resetMs: Math.ceil(missing / this.#size.perSecond),
    }
  }

  /** Full again: as good as new, so it need not be remembered. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs)
    return this.#left >= this.#size.burst * THOUSAND
  }

  #refill(nowMs: number): void {
    const passedMs = nowMs - this.#atMs
    if (passedMs <= 0) return
    this.#atMs = nowMs
    this.#left = Math.min(this.#size.burst * THOUSAND, this.#left + passedMs * this.#size.perSecond)
  }
}
