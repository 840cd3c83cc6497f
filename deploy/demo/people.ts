/** The people of the demo market and their sessions. A password is hashed slowly on purpose, so the
 *  sessions are kept for the next start. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { HttpClient, RequestRefused } from '../../gateway/client/index.ts'
import type { SessionAnswer } from '../../schema/index.ts'
import { keepSecret } from '../local/secret.ts'

export interface Session {
  readonly email: string
  readonly accountId: number
  readonly token: string
}

const sessionsSchema = z.record(z.string(), z.object({ accountId: z.int(), token: z.string() }))

const RETRY_MS = 500

export class People {
  readonly #baseUrl: string
  readonly #file: string
  readonly #password: string
  readonly #signal: AbortSignal
  #sessions: z.output<typeof sessionsSchema>

  constructor(baseUrl: string, dataDir: string, signal: AbortSignal) {
    mkdirSync(dataDir, { recursive: true })
    this.#baseUrl = baseUrl
    this.#file = join(dataDir, 'sessions.json')
    this.#password = keepSecret(join(dataDir, 'bot.password'))
    this.#signal = signal
    this.#sessions = readSessions(this.#file)
  }

  /** The session of last time, if the gateway still knows it; else a new one. */
  async session(email: string, name: string): Promise<Session> {
    const kept = this.#sessions[email]
    if (kept === undefined) return this.renew(email, name)
    const http = new HttpClient({ baseUrl: this.#baseUrl, token: kept.token })
    try {
      const { accountId } = await http.ask('GET /v1/me')
      return { email, accountId, token: kept.token }
    } catch {
      return this.renew(email, name)
    }
  }

  /** Whether this person need not be signed in, which costs a core some time. */
  knows(email: string): boolean {
    return this.#sessions[email] !== undefined
  }

  /** Signs in, as a new person when there is none of that address. */
  async renew(email: string, name: string): Promise<Session> {
    const credentials = { email, password: this.#password }
    const register = (http: HttpClient) => http.register({ ...credentials, name })
    const { accountId, token } = await this.enter(credentials, register)
    this.#sessions[email] = { accountId, token }
    return { email, accountId, token }
  }

  /** Registers, or signs in where that was done before; waits while the gateway asks for patience or
   *  is not there. */
  async enter(
    credentials: { readonly email: string; readonly password: string },
    register: (http: HttpClient) => Promise<SessionAnswer>,
  ): Promise<SessionAnswer> {
    const http = new HttpClient({ baseUrl: this.#baseUrl })
    let enter = register
    for (;;) {
      try {
        return await enter(http)
      } catch (error) {
        if (error instanceof RequestRefused && error.code === 'email-taken')
          enter = () => http.signIn(credentials)
        else await wait(patienceMs(error), undefined, { signal: this.#signal })
      }
    }
  }

  /** Written beside and moved, so that a half-written file is never read. */
  save(): void {
    const draft = `${this.#file}.new`
    writeFileSync(draft, JSON.stringify(this.#sessions), { mode: 0o600 })
    renameSync(draft, this.#file)
  }
}

/** How long to wait before asking again. Throws what no waiting will mend. */
function patienceMs(error: unknown): number {
  if (!(error instanceof RequestRefused)) return RETRY_MS
  const { class: kind, retryAfterMs } = error.reject
  if (kind !== 'retry-after' && kind !== 'retry-same-key') throw error
  return retryAfterMs ?? RETRY_MS
}

function readSessions(file: string): z.output<typeof sessionsSchema> {
  try {
    return sessionsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return {}
  }
}
