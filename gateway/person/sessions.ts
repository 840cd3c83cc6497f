/** Sessions: a random token that its owner keeps, of which only the hash is stored.
 *
 *  Remembered here, so that a request costs no query; an end is told to all gateways by Postgres
 *  NOTIFY, and no memory is trusted for longer than SESSION_TRUSTED_MS_MAX. One that is not trusted any more is
 *  looked up again and still says who pays for that. */
import { createHash, randomBytes } from 'node:crypto'
import { SESSION_MS_MAX, SESSION_TRUSTED_MS_MAX, SESSIONS_CACHED_MAX } from '../../schema/index.ts'
import type { AccountId, Role } from '../../schema/index.ts'
import type { Records } from '../records/records.ts'
import { endSession, findSession, insertSession } from './records.ts'
import type { UnknownTokens } from './unknown-tokens.ts'

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
  readonly #unknown: UnknownTokens
  /** Oldest use first. */
  readonly #remembered = new Map<string, Remembered>()

  constructor(records: Records, now: () => number, unknown: UnknownTokens) {
    this.#records = records
    this.#now = now
    this.#unknown = unknown
  }

  /** @param network who asks, see `networkOf`
   *  @returns null when there is no such session or it has ended. @throws {Refusal} */
  async find(token: string, network: string): Promise<Session | null> {
    const tokenHash = hashOf(token)
    const found = this.#living(tokenHash)
    if (found === null) return this.#findUnknown(tokenHash, network)
    this.#remembered.delete(tokenHash)
    this.#remembered.set(tokenHash, found)
    const isTrusted = found.seenAtMs + SESSION_TRUSTED_MS_MAX > this.#now()
    return isTrusted ? found.session : this.#lookUp(tokenHash)
  }

  /** Whose token it is, as far as is known without asking anyone. */
  ownerOf(token: string): AccountId | null {
    return this.#living(hashOf(token))?.session.accountId ?? null
  }

  #living(tokenHash: string): Remembered | null {
    const found = this.#remembered.get(tokenHash)
    return found !== undefined && found.session.expiresAtMs > this.#now() ? found : null
  }

  async #findUnknown(tokenHash: string, network: string): Promise<Session | null> {
    if (this.#unknown.has(tokenHash)) return null
    this.#unknown.take(network)
    let isNobodys = false
    try {
      const session = await this.#lookUp(tokenHash)
      isNobodys = session === null
      return session
    } finally {
      if (isNobodys) this.#unknown.note(tokenHash)
      else this.#unknown.giveBack(network)
    }
  }

  async #lookUp(tokenHash: string): Promise<Session | null> {
    const session = await findSession(this.#records, tokenHash)
    if (session === null || session.expiresAtMs <= this.#now()) {
      this.forget(tokenHash)
      return null
    }
    this.#remember(session)
    return session
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

  /** The news of an end may have been missed: all are looked up again. */
  distrustAll(): void {
    for (const [tokenHash, { session }] of this.#remembered)
      this.#remembered.set(tokenHash, { session, seenAtMs: Number.NEGATIVE_INFINITY })
  }

  #remember(session: Session): void {
    this.#remembered.delete(session.tokenHash)
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
