/** Makes guessing passwords slow: after a few failures each further one doubles the wait, for the
 *  e-mail address and for the network address. A success forgives the e-mail address. */
import {
  SIGN_IN_FAILURES_FREE,
  SIGN_IN_FAILURES_FREE_PER_ADDRESS,
  SIGN_IN_FAILURES_KEPT_MAX,
  SIGN_IN_WAIT_MS_MAX,
} from '../../schema/index.ts'

interface Failures {
  count: number
  nextAtMs: number
}

const FIRST_WAIT_MS = 1_000

export class SignInGuard {
  readonly #now: () => number
  readonly #emails = new Map<string, Failures>()
  readonly #addresses = new Map<string, Failures>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** @returns how long to wait before the next try; 0: now */
  waitMs(email: string, address: string): number {
    const now = this.#now()
    const at = Math.max(
      this.#emails.get(email.toLowerCase())?.nextAtMs ?? 0,
      this.#addresses.get(address)?.nextAtMs ?? 0,
    )
    return Math.max(0, at - now)
  }

  onFailure(email: string, address: string): void {
    this.#note(this.#emails, email.toLowerCase(), SIGN_IN_FAILURES_FREE)
    this.#note(this.#addresses, address, SIGN_IN_FAILURES_FREE_PER_ADDRESS)
  }

  onSuccess(email: string): void {
    this.#emails.delete(email.toLowerCase())
  }

  #note(memory: Map<string, Failures>, name: string, free: number): void {
    const now = this.#now()
    const former = memory.get(name)
    const isForgiven = former !== undefined && former.nextAtMs + SIGN_IN_WAIT_MS_MAX < now
    const count = former === undefined || isForgiven ? 1 : former.count + 1
    const doublings = Math.min(count - free, 20)
    const waitMs = doublings < 0 ? 0 : Math.min(SIGN_IN_WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** doublings)
    memory.delete(name)
    memory.set(name, { count, nextAtMs: now + waitMs })
    if (memory.size <= SIGN_IN_FAILURES_KEPT_MAX) return
    const oldest = memory.keys().next()
    if (oldest.done !== true) memory.delete(oldest.value)
  }
}
