/** People and their sessions in Postgres. All of it throws `Refusal` records-unavailable. */
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { accountId as brandAccountId } from '../../schema/index.ts'
import type { AccountId, Role, Tables } from '../../schema/index.ts'
import type { Records } from '../records/records.ts'
import type { Session } from './sessions.ts'

export interface Person {
  readonly accountId: AccountId
  readonly email: string
  readonly name: string
  readonly passwordHash: string
  readonly roles: readonly Role[]
}

/** The NOTIFY channel on which gateways hear that a session has ended. */
export const SESSION_ENDED = 'session_ended'

export function findSession(records: Records, tokenHash: string): Promise<Session | null> {
  return records.ask(async (db) => {
    const row = await db
      .selectFrom('session')
      .innerJoin('person', 'person.account_id', 'session.account_id')
      .select(['session.account_id', 'session.expires_at', 'person.roles'])
      .where('token_hash', '=', Buffer.from(tokenHash, 'hex'))
      .executeTakeFirst()
    if (row === undefined) return null
    const { account_id, expires_at, roles } = row
    const accountId = brandAccountId(account_id)
    return { tokenHash, accountId, roles, expiresAtMs: expires_at.getTime() }
  })
}

export function insertSession(
  records: Records,
  { tokenHash, accountId, expiresAtMs }: Session,
): Promise<void> {
  return records.ask(async (db) => {
    await db
      .insertInto('session')
      .values({
        token_hash: Buffer.from(tokenHash, 'hex'),
        account_id: accountId,
        expires_at: new Date(expiresAtMs),
      })
      .execute()
  })
}

export function endSession(records: Records, tokenHash: string): Promise<void> {
  return records.ask(async (db) => {
    await db.deleteFrom('session').where('token_hash', '=', Buffer.from(tokenHash, 'hex')).execute()
    await sql`select pg_notify(${SESSION_ENDED}, ${tokenHash})`.execute(db)
  })
}

/** null when the e-mail address is taken. */
export function insertPerson(
  records: Records,
  asked: Omit<Person, 'accountId'>,
): Promise<Person | null> {
  return records.ask(async (db) => {
    const row = await db
      .insertInto('person')
      .values({
        email: asked.email,
        name: asked.name,
        password_hash: asked.passwordHash,
        roles: [...asked.roles],
      })
      .onConflict((conflict) => conflict.expression(sql`lower(email)`).doNothing())
      .returningAll()
      .executeTakeFirst()
    return row === undefined ? null : personOf(row)
  })
}

export function findPersonByEmail(records: Records, email: string): Promise<Person | null> {
  return records.ask(async (db) => {
    const row = await db
      .selectFrom('person')
      .selectAll()
      .where(sql`lower(email)`, '=', email.toLowerCase())
      .executeTakeFirst()
    return row === undefined ? null : personOf(row)
  })
}

export function findPerson(records: Records, accountId: AccountId): Promise<Person | null> {
  return records.ask(async (db) => {
    const row = await db
      .selectFrom('person')
      .selectAll()
      .where('account_id', '=', accountId)
      .executeTakeFirst()
    return row === undefined ? null : personOf(row)
  })
}

export function changePassword(
  records: Records,
  accountId: AccountId,
  passwordHash: string,
): Promise<void> {
  return records.ask(async (db) => {
    await db
      .updateTable('person')
      .set({ password_hash: passwordHash })
      .where('account_id', '=', accountId)
      .execute()
  })
}

function personOf(row: Selectable<Tables['person']>): Person {
  return {
    accountId: brandAccountId(row.account_id),
    email: row.email,
    name: row.name,
    passwordHash: row.password_hash,
    roles: row.roles,
  }
}
