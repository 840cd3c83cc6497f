/** What every request and every message pays before anything of it is read, whether it is refused then or not:
 *  from the account whose token it carries, when this gateway knows the token, else from its network. Who goes on
 *  when nothing is left is closed. */
import {
  LIMITED_PER_SECOND_MAX,
  LIMITED_RETURN,
  MESSAGE_UNIT_BYTES,
  reject,
  TOKEN_LENGTH_MAX,
} from '../../schema/index.ts'
import type { AccountId, Reject } from '../../schema/index.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Sessions } from '../person/sessions.ts'

/** An account, or a network. */
export type Payer = AccountId | string

/** For who is heard again only after some patience has come back. */
const OUT_RETRY_MS = Math.ceil((LIMITED_RETURN / LIMITED_PER_SECOND_MAX) * 1000)

export class Toll {
  readonly #limits: RateLimits
  readonly #sessions: Sessions

  constructor(limits: RateLimits, sessions: Sessions) {
    this.#limits = limits
    this.#sessions = sessions
  }

  payerOf(token: string | null, network: string): Payer {
    return (token === null ? null : this.#sessions.ownerOf(token)) ?? network
  }

  /** @returns null when it is paid */
  take(payer: Payer, price: number): Reject | null {
    if (price === 0) return null
    const bucket = typeof payer === 'string' ? 'anonymous' : 'messages'
    const retryAfterMs = this.isOut(payer) ? OUT_RETRY_MS : this.#limits.take(bucket, payer, price)
    if (retryAfterMs === 0) return null
    this.#limits.noteLimited(payer, price)
    return reject('rate-limited', { retryAfterMs })
  }

  /** Was told to slow down, and goes on. */
  isOut(payer: Payer): boolean {
    return this.#limits.isOut(payer)
  }
}

/** A message is paid by its size. */
export function unitsOf(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / MESSAGE_UNIT_BYTES))
}

const BEARER = new RegExp(`^bearer (\\S{1,${TOKEN_LENGTH_MAX}})$`, 'i')

export function tokenOf(authorization: string): string | null {
  return BEARER.exec(authorization)?.[1] ?? null
}
