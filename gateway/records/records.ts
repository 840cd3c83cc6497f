/** The way to Postgres for what the gateway asks of it; what is asked lies in each area's `records.ts`.
 *
 *  Bids never wait for this. What does not answer in time is refused with records-unavailable, and that is
 *  remembered for `readiness`. An error that the question brought about says nothing of the kind: the database
 *  has answered. */
import { DatabaseError } from 'pg'
import { BrokenInvariant, reject } from '../../schema/index.ts'
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

  /** Asks one thing. @throws {Refusal} records-unavailable, when there is no answer in time; field-invalid, when
   *  the database does not take a value. Throws as it is what is a fault of ours. */
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
      if (isOutage(cause)) {
        this.#reason = `records: ${messageOf(cause)}`
        throw new Refusal(reject('records-unavailable', { retryAfterMs: 1_000 }), { cause })
      }
      this.#reason = null
      if (classOf(cause) === DATA_CLASS) throw new Refusal(reject('field-invalid'), { cause })
      throw cause
    } finally {
      clearTimeout(timer)
    }
  }
}

/** SQLSTATE classes of a question that the database has understood and says no to, or that we have asked wrongly:
 *  cardinality, data, integrity, a statement without meaning. All others are the database's own troubles:
 *  connections, resources, an operator who stops it, its disk. */
const QUESTION_CLASSES: readonly (string | null)[] = ['0A', '21', '22', '23', '42']
/** A value that its column cannot hold. */
const DATA_CLASS = '22'

function isOutage(error: unknown): boolean {
  return !(error instanceof BrokenInvariant) && !QUESTION_CLASSES.includes(classOf(error))
}

/** null when it is not the database that says so. */
function classOf(error: unknown): string | null {
  return error instanceof DatabaseError ? (error.code?.slice(0, 2) ?? null) : null
}
