/** The way to Postgres for what the gateway asks of it; what is asked lies in each area's `records.ts`.
 *
 *  Bids never wait for this. What does not answer in time is refused with records-unavailable, and that is
 *  remembered for `readiness`. */
import { reject } from '../../schema/index.ts'
import { messageOf } from '../../engine/host/index.ts'
import type { Database } from '../../engine/host/index.ts'
import { Refusal } from '../refusal.ts'

const WAIT_MS_MAX = 4_000

export class Records {
  readonly #db: Database
  #reason: string | null = null

  constructor(db: Database) {
    this.#db = db
  }

  /** Why the records could not be reached just now; empty when they could. */
  readiness(): readonly string[] {
    return this.#reason === null ? [] : [this.#reason]
  }

  /** Asks one thing. @throws {Refusal} records-unavailable, when there is no answer in time */
  async ask<T>(query: (db: Database) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new Error('no answer in time')), WAIT_MS_MAX)
    })
    try {
      const answer = await Promise.race([query(this.#db), late])
      this.#reason = null
      return answer
    } catch (cause) {
      this.#reason = `records: ${messageOf(cause)}`
      throw new Refusal(reject('records-unavailable', { retryAfterMs: 1_000 }), { cause })
    } finally {
      clearTimeout(timer)
    }
  }
}
