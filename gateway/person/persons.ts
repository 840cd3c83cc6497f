/** Who people are: register, sign in, and the operator that a market starts with. */
import { reject } from '../../schema/index.ts'
import type { MeAnswer, SessionAnswer } from '../../schema/index.ts'
import type { Records } from '../records/records.ts'
import { Refusal } from '../refusal.ts'
import { changePassword, findPerson, findPersonByEmail, insertPerson } from './records.ts'
import type { Person } from './records.ts'
import { checkPassword, hashPassword } from './password.ts'
import type { Session, Sessions } from './sessions.ts'
import { SignInGuard } from './sign-in-guard.ts'

export const OPERATOR_EMAIL = 'operator@lendbook.example'

export class Persons {
  readonly #records: Records
  readonly #sessions: Sessions
  readonly #guard: SignInGuard

  constructor(records: Records, sessions: Sessions, now: () => number) {
    this.#records = records
    this.#sessions = sessions
    this.#guard = new SignInGuard(now)
  }

  /** A new investor, signed in. @throws {Refusal} email-taken, busy, records-unavailable */
  async register(asked: {
    readonly email: string
    readonly password: string
    readonly name: string
  }): Promise<SessionAnswer> {
    const passwordHash = await hashPassword(asked.password)
    const { email, name } = asked
    const person = await insertPerson(this.#records, {
      email,
      name,
      passwordHash,
      roles: ['investor'],
    })
    if (person === null) throw new Refusal(reject('email-taken', { field: 'email' }))
    return this.#open(person)
  }

  /** @throws {Refusal} credentials-wrong, rate-limited, busy, records-unavailable */
  async signIn(
    { email, password }: { readonly email: string; readonly password: string },
    address: string,
  ): Promise<SessionAnswer> {
    const retryAfterMs = this.#guard.waitMs(email, address)
    if (retryAfterMs > 0) throw new Refusal(reject('rate-limited', { retryAfterMs }))
    const person = await findPersonByEmail(this.#records, email)
    const isRight = await checkPassword(password, person?.passwordHash ?? null)
    if (!isRight || person === null) {
      this.#guard.onFailure(email, address)
      throw new Refusal(reject('credentials-wrong'))
    }
    this.#guard.onSuccess(email)
    return this.#open(person)
  }

  /** @throws {Refusal} */
  async me({ accountId }: Session): Promise<MeAnswer> {
    const person = await findPerson(this.#records, accountId)
    if (person === null) throw new Refusal(reject('session-expired'))
    const { email, name, roles } = person
    return { accountId, email, name, roles }
  }

  /** There is an operator with this password, whatever it was before. */
  async ensureOperator(password: string): Promise<void> {
    const person = await findPersonByEmail(this.#records, OPERATOR_EMAIL)
    if (person !== null && (await checkPassword(password, person.passwordHash))) return
    const passwordHash = await hashPassword(password)
    const operator = {
      email: OPERATOR_EMAIL,
      name: 'Operator',
      passwordHash,
      roles: ['operator'],
    } as const
    if (person === null) await insertPerson(this.#records, operator)
    else await changePassword(this.#records, person.accountId, passwordHash)
  }

  async #open(person: Person): Promise<SessionAnswer> {
    const { accountId, name, roles } = person
    const { token, session } = await this.#sessions.start(accountId, roles)
    return { token, accountId, name, roles, expiresAtMs: session.expiresAtMs }
  }
}
