/** Sessions: a random token that its owner keeps, of which only the hash is stored.
 *
 *  Remembered here, so that a request costs no query; an end is told to all gateways by Postgres
 *  NOTIFY, and no memory is trusted for longer than SESSION_TRUSTED_MS_MAX. */
import { createHash, randomBytes } from 'node:crypto'
import { SESSION_MS_MAX, SESSION_TRUSTED_MS_MAX, SESSIONS_CACHED_MAX } from '../../schema/index.ts'
import type { AccountId, Role } from '../../schema/index.ts'
import type { Records } from '../records/records.ts'
import { endSession, findSession, insertSession } from './records.ts'

export interface Session {
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string
  readonly accountId: AccountId
  readonly roles: readonly Role[]
  readonly expiresAtMs: number
}

interface Remembered {
  readonly session: Session
  readonly seenAtMs: number
}

const TOKEN_BYTES = 32

export class Sessions {
  readonly #records: Records
  readonly #now: () => number
  /** Oldest use first. */
  readonly #remembered = new Map<string, Remembered>()

  constructor(records: Records, now: () => number) {
    this.#records = records
    this.#now = now
  }

  /** @returns null when there is no such session or it has ended. @throws {Refusal} */
  async find(token: string): Promise<Session | null> {
    const tokenHash = hashOf(token)
    const remembered = this.remembered(tokenHash)
    if (remembered !== null) return remembered
    const session = await findSession(this.#records, tokenHash)
    if (session === null || session.expiresAtMs <= this.#now()) return null
    this.#remember(session)
    return session
  }

  /** The session of a token without asking anyone; null: not remembered. */
  remembered(tokenHash: string): Session | null {
    const found = this.#remembered.get(tokenHash)
    if (found === undefined) return null
    const now = this.#now()
    this.#remembered.delete(tokenHash)
    if (found.session.expiresAtMs <= now || found.seenAtMs + SESSION_TRUSTED_MS_MAX <= now)
      return null
    this.#remembered.set(tokenHash, found)
    return found.session
  }

  /** @returns the token: it is not stored and cannot be asked for again. @throws {Refusal} */
  async start(
    accountId: AccountId,
    roles: readonly Role[],
  ): Promise<{ token: string; session: Session }> {
    const token = newToken()
    const expiresAtMs = this.#now() + SESSION_MS_MAX
    const session = { tokenHash: hashOf(token), accountId, roles, expiresAtMs }
    await insertSession(this.#records, session)
    this.#remember(session)
    return { token, session }
  }

  /** Ends it everywhere. @throws {Refusal} */
  async end(session: Session): Promise<void> {
    this.forget(session.tokenHash)
    await endSession(this.#records, session.tokenHash)
  }

  forget(tokenHash: string): void {
    this.#remembered.delete(tokenHash)
  }

  /** The news of an end may have been missed. */
  forgetAll(): void {
    this.#remembered.clear()
  }

  #remember(session: Session): void {
    this.#remembered.set(session.tokenHash, { session, seenAtMs: this.#now() })
    if (this.#remembered.size <= SESSIONS_CACHED_MAX) return
    const oldest = this.#remembered.keys().next()
    if (oldest.done !== true) this.#remembered.delete(oldest.value)
  }
}

/** Nobody guesses it. */
function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
