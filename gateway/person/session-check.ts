/** Asks again whether the sessions of open sockets live. The end of one is told by NOTIFY, and news may be
 *  lost: whenever some may have been, and at least every SESSION_TRUSTED_MS_MAX, all are asked for, in batches.
 *  An HTTP request asks by itself when its session was not seen for as long. */
import { SESSION_TRUSTED_MS_MAX, SESSIONS_ASKED_MAX } from '../../schema/index.ts'
import type { Records } from '../records/records.ts'
import { Refusal } from '../refusal.ts'
import { findLivingSessions } from './records.ts'

interface Options {
  readonly records: Records
  readonly now: () => number
  /** The token hashes of the sessions that sockets are open for. */
  readonly open: () => ReadonlySet<string>
  readonly onEnded: (tokenHash: string) => void
}

export class SessionCheck {
  readonly #options: Options
  #dueAtMs = 0
  #isAsking = false

  constructor(options: Options) {
    this.#options = options
  }

  /** News may have been lost: asks at once. */
  onGap(): Promise<void> {
    this.#dueAtMs = 0
    return this.tick()
  }

  /** Called every few seconds. What could not be asked is asked at the next call. */
  async tick(): Promise<void> {
    const { now } = this.#options
    const startedAtMs = now()
    if (this.#isAsking || startedAtMs < this.#dueAtMs) return
    this.#isAsking = true
    // A gap that comes while it asks makes it due again.
    const dueAtMs = startedAtMs + SESSION_TRUSTED_MS_MAX / 2
    this.#dueAtMs = dueAtMs
    try {
      await this.#askAll()
    } catch (error) {
      if (this.#dueAtMs === dueAtMs) this.#dueAtMs = 0
      if (!(error instanceof Refusal)) throw error
    } finally {
      this.#isAsking = false
    }
  }

  async #askAll(): Promise<void> {
    const { records, open, onEnded } = this.#options
    const hashes = [...open()]
    for (let from = 0; from < hashes.length; from += SESSIONS_ASKED_MAX) {
      const batch = hashes.slice(from, from + SESSIONS_ASKED_MAX)
      const living = await findLivingSessions(records, batch)
      for (const tokenHash of batch) if (!living.has(tokenHash)) onEnded(tokenHash)
    }
  }
}
