/** Who people are: register, sign in, and the operator that a market starts with. */
import { reject } from '../../schema/index.ts'
import type { MeAnswer, Role, RouteAsked, SessionAnswer } from '../../schema/index.ts'
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
import { hashOf } from './sessions.ts'
import type { Session, Sessions } from './sessions.ts'
import { SignInGuard } from './sign-in-guard.ts'

interface Staff {
  readonly email: string
  readonly name: string
  readonly roles: readonly Role[]
}

const OPERATOR: Staff = {
  email: 'operator@lendbook.example',
  name: 'Operator',
  roles: ['operator'],
}
/** Of a market whose full listings a program reviews, which says so by its name. */
const REVIEWERS: readonly Staff[] = [1, 2].map((number) => ({
  email: `reviewer-${number}@lendbook.example`,
  name: `Automatic reviewer ${number}`,
  roles: ['reviewer'],
}))

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
    asked: RouteAsked<'POST /v1/persons'>['body'],
    address: string,
  ): Promise<SessionAnswer> {
    const passwordHash = await hashPassword(asked.password, networkOf(address))
    const { email, name, device } = asked
    const person = await insertPerson(this.#records, {
      email,
      name,
      passwordHash,
      roles: ['investor'],
    })
    if (person === null) throw new Refusal(reject('email-taken', { field: 'email' }))
    return this.#open(person, device)
  }

  /** @throws {Refusal} credentials-wrong, rate-limited, busy, records-unavailable */
  async signIn(
    { email, password, device }: RouteAsked<'POST /v1/sessions'>['body'],
    address: string,
  ): Promise<SessionAnswer> {
    const network = networkOf(address)
    const person = await findPersonByEmail(this.#records, email)
    const known = await this.#knownDevice(person, device)
    const attempt = this.#guard.take({ email, network, device: known })
    if ('retryAfterMs' in attempt) throw new Refusal(reject('rate-limited', attempt))
    try {
      if (
        !(await checkPassword(password, person?.passwordHash ?? null, network)) ||
        person === null
      ) {
        attempt.settle()
        throw new Refusal(reject('credentials-wrong'))
      }
      return await this.#open(person, device)
    } finally {
      // It was right, or nobody has looked at it.
      attempt.giveBack()
    }
  }

  /** Its hash, when the person has signed in from it before. */
  async #knownDevice(person: Person | null, device: string | undefined): Promise<string | null> {
    if (person === null || device === undefined) return null
    const deviceHash = hashOf(device)
    return (await isDeviceOf(this.#records, person.accountId, deviceHash)) ? deviceHash : null
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
    await this.#ensure(OPERATOR, password)
  }

  /** And two reviewers. */
  async ensureReviewers(password: string): Promise<void> {
    for (const reviewer of REVIEWERS) await this.#ensure(reviewer, password)
  }

  async #ensure(staff: Staff, password: string): Promise<void> {
    const person = await findPersonByEmail(this.#records, staff.email)
    if (person !== null && (await checkPassword(password, person.passwordHash, OURSELVES))) return
    const passwordHash = await hashPassword(password, OURSELVES)
    if (person === null) await insertPerson(this.#records, { ...staff, passwordHash })
    else await changePassword(this.#records, person.accountId, passwordHash)
  }

  /** A sign-in that names no device is none: a program that signs in again and again pushes out no device of
   *  its owner's. */
  async #open(person: Person, device: string | undefined): Promise<SessionAnswer> {
    const { accountId, name, roles } = person
    if (device !== undefined) await noteDevice(this.#records, accountId, hashOf(device))
    const { token, session } = await this.#sessions.start(accountId, roles)
    return { token, accountId, name, roles, expiresAtMs: session.expiresAtMs }
  }
}
