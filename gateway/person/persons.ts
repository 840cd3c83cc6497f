/** Who people are: register, sign in, and the operator that a market starts with. */
import { reject } from '../../schema/index.ts'
import type { MeAnswer, SessionAnswer } from '../../schema/index.ts'
import type { Records } from '../records/records.ts'
import { Refusal } from '../refusal.ts'
import { networkOf } from './network.ts'
import {
  changePassword,
  findPerson,
  findPersonByEmail,
  insertPerson,
  isDeviceOf,
  noteDevice,
} from './records.ts'
import type { Person } from './records.ts'
import { checkPassword, hashPassword } from './password.ts'
import { hashOf, newToken } from './sessions.ts'
import type { Session, Sessions } from './sessions.ts'
import { SignInGuard } from './sign-in-guard.ts'

export const OPERATOR_EMAIL = 'operator@lendbook.example'

/** Of what the gateway itself has hashed. */
const OURSELVES = 'gateway'

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
  async register(
    asked: { readonly email: string; readonly password: string; readonly name: string },
    address: string,
  ): Promise<SessionAnswer> {
    const passwordHash = await hashPassword(asked.password, networkOf(address))
    const { email, name } = asked
    const person = await insertPerson(this.#records, {
      email,
      name,
      passwordHash,
      roles: ['investor'],
    })
    if (person === null) throw new Refusal(reject('email-taken', { field: 'email' }))
    return this.#open(person, newToken())
  }

  /** @throws {Refusal} credentials-wrong, rate-limited, busy, records-unavailable */
  async signIn(
    asked: {
      readonly email: string
      readonly password: string
      readonly device?: string | undefined
    },
    address: string,
  ): Promise<SessionAnswer> {
    const { email, password } = asked
    const network = networkOf(address)
    const person = await findPersonByEmail(this.#records, email)
    const device = await this.#knownDevice(person, asked.device)
    const deviceHash = device === null ? null : hashOf(device)
    const attempt = this.#guard.take({ email, network, device: deviceHash })
    if ('retryAfterMs' in attempt) throw new Refusal(reject('rate-limited', attempt))
    try {
      if (
        !(await checkPassword(password, person?.passwordHash ?? null, network)) ||
        person === null
      ) {
        attempt.settle()
        throw new Refusal(reject('credentials-wrong'))
      }
      return await this.#open(person, device ?? newToken())
    } finally {
      // It was right, or nobody has looked at it.
      attempt.giveBack()
    }
  }

  /** The device's token, when it is one of the person's. */
  async #knownDevice(person: Person | null, device: string | undefined): Promise<string | null> {
    if (person === null || device === undefined) return null
    return (await isDeviceOf(this.#records, person.accountId, hashOf(device))) ? device : null
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
    if (person !== null && (await checkPassword(password, person.passwordHash, OURSELVES))) return
    const passwordHash = await hashPassword(password, OURSELVES)
    const operator = {
      email: OPERATOR_EMAIL,
      name: 'Operator',
      passwordHash,
      roles: ['operator'],
    } as const
    if (person === null) await insertPerson(this.#records, operator)
    else await changePassword(this.#records, person.accountId, passwordHash)
  }

  async #open(person: Person, device: string): Promise<SessionAnswer> {
    const { accountId, name, roles } = person
    await noteDevice(this.#records, accountId, hashOf(device))
    const { token, session } = await this.#sessions.start(accountId, roles)
    return { token, device, accountId, name, roles, expiresAtMs: session.expiresAtMs }
  }
}
