/** Tokens that are nobody's. Each costs a look into Postgres before that is known, so a network may be wrong only
 *  so often, and all networks together too. As with passwords, a try is taken before it is looked at and given
 *  back when it was right: whoever has a session is never held back by what others make up. */
import {
  reject,
  UNKNOWN_TOKEN_MS,
  UNKNOWN_TOKENS,
  UNKNOWN_TOKENS_KEPT_MAX,
} from '../../schema/index.ts'
import type { RateLimits } from '../admit/rate-limits.ts'
import { TokenBucket } from '../admit/token-bucket.ts'
import { Refusal } from '../refusal.ts'

export class UnknownTokens {
  readonly #limits: RateLimits
  readonly #now: () => number
  readonly #all: TokenBucket
  /** By hash, until when it is believed; oldest first. */
  readonly #found = new Map<string, number>()

  /** @param now the clock that `limits` count by */
  constructor(limits: RateLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
    this.#all = new TokenBucket(UNKNOWN_TOKENS, now())
  }

  /** Found to be nobody's not long ago. */
  has(tokenHash: string): boolean {
    return (this.#found.get(tokenHash) ?? 0) > this.#now()
  }

  /** Before a token is looked up. @throws {Refusal} rate-limited */
  take(network: string): void {
    const waitMs = this.#limits.take('tokens', network, 1)
    if (waitMs > 0) throw limited(waitMs)
    const allWaitMs = this.#all.take(1, this.#now())
    if (allWaitMs === 0) return
    this.#limits.bucket('tokens', network).giveBack(1)
    throw limited(allWaitMs)
  }

  /** It was somebody's, or could not be looked up. */
  giveBack(network: string): void {
    this.#limits.bucket('tokens', network).giveBack(1)
    this.#all.giveBack(1)
  }

  note(tokenHash: string): void {
    this.#found.delete(tokenHash)
    this.#found.set(tokenHash, this.#now() + UNKNOWN_TOKEN_MS)
    if (this.#found.size <= UNKNOWN_TOKENS_KEPT_MAX) return
    const oldest = this.#found.keys().next()
    if (oldest.done !== true) this.#found.delete(oldest.value)
  }
}

function limited(retryAfterMs: number): Refusal {
  return new Refusal(reject('rate-limited', { retryAfterMs }))
}
