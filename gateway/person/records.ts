/** People and their sessions in Postgres. All of it throws `Refusal` records-unavailable. */
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import {
  accountId as brandAccountId,
  DEVICES_PER_PERSON_MAX,
  SESSIONS_PER_PERSON_MAX,
  SESSIONS_PURGED_MAX,
} from '../../schema/index.ts'
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

/** The oldest of the person above SESSIONS_PER_PERSON_MAX end with it, everywhere. */
export function insertSession(
  records: Records,
  { tokenHash, accountId, expiresAtMs }: Session,
): Promise<void> {
  return records.ask((db) =>
    db.transaction().execute(async (tx) => {
      await tx
        .insertInto('session')
        .values({
          token_hash: Buffer.from(tokenHash, 'hex'),
          account_id: accountId,
          expires_at: new Date(expiresAtMs),
        })
        .execute()
      await sql`
        with ended as (
          delete from session where token_hash in (
            select token_hash from session where account_id = ${accountId}
            order by created_at desc, token_hash offset ${SESSIONS_PER_PERSON_MAX})
          returning token_hash)
        select pg_notify(${SESSION_ENDED}, encode(token_hash, 'hex')) from ended`.execute(tx)
    }),
  )
}

/** Those of `tokenHashes` that have not ended. */
export function findLivingSessions(
  records: Records,
  tokenHashes: readonly string[],
): Promise<ReadonlySet<string>> {
  return records.ask(async (db) => {
    const rows = await db
      .selectFrom('session')
      .select('token_hash')
      .where(
        'token_hash',
        'in',
        tokenHashes.map((tokenHash) => Buffer.from(tokenHash, 'hex')),
      )
      .execute()
    return new Set(rows.map((row) => Buffer.from(row.token_hash).toString('hex')))
  })
}

/** Deletes one batch of those that have ended by themselves; several gateways do not wait for each other. */
export function purgeSessions(records: Records, nowMs: number): Promise<void> {
  return records.ask(async (db) => {
    await sql`
      delete from session where token_hash in (
        select token_hash from session where expires_at <= ${new Date(nowMs)}
        order by expires_at limit ${SESSIONS_PURGED_MAX} for update skip locked)`.execute(db)
  })
}

/** Whether the person has signed in from it before. */
export function isDeviceOf(
  records: Records,
  accountId: AccountId,
  tokenHash: string,
): Promise<boolean> {
  return records.ask(async (db) => {
    const row = await db
      .selectFrom('device')
      .select('token_hash')
      .where('token_hash', '=', Buffer.from(tokenHash, 'hex'))
      .where('account_id', '=', accountId)
      .executeTakeFirst()
    return row !== undefined
  })
}

/** A device that the person has signed in from, for the first time or again; those longest not seen above
 *  DEVICES_PER_PERSON_MAX are forgotten. */
export function noteDevice(
  records: Records,
  accountId: AccountId,
  tokenHash: string,
): Promise<void> {
  return records.ask((db) =>
    db.transaction().execute(async (tx) => {
      await tx
        .insertInto('device')
        .values({ token_hash: Buffer.from(tokenHash, 'hex'), account_id: accountId })
        .onConflict((conflict) =>
          conflict.columns(['account_id', 'token_hash']).doUpdateSet({ seen_at: sql<Date>`now()` }),
        )
        .execute()
      await sql`
        delete from device where account_id = ${accountId} and token_hash in (
          select token_hash from device where account_id = ${accountId}
          order by seen_at desc, token_hash offset ${DEVICES_PER_PERSON_MAX})`.execute(tx)
    }),
  )
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
