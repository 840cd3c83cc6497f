/** What the gateway asks of Postgres: people and their sessions, and what is settled.
 *
 *  Bids never wait for this. Every method throws `Refusal` records-unavailable when Postgres does not
 *  answer in time, and remembers it for `readiness`. */
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import {
  accountId as brandAccountId,
  assert,
  atMs,
  minor,
  reject,
  sequence as brandSequence,
} from '../../schema/index.ts'
import type {
  AccountId,
  Answer,
  BidRow,
  BidStatus,
  FillRow,
  InstalmentRow,
  Key,
  ListingId,
  ListingRow,
  ListingStatus,
  Minor,
  OutcomeReply,
  Role,
  Tables,
} from '../../schema/index.ts'
import { messageOf } from '../../engine/host/index.ts'
import type { Database } from '../../engine/host/index.ts'
import { decodeEventBody } from '../../engine/journal/index.ts'
import type { Session } from '../person/sessions.ts'
import { Refusal } from '../refusal.ts'
import { bidRowOf, fillRowOf, listingRowOf } from './rows.ts'

export interface Person {
  readonly accountId: AccountId
  readonly email: string
  readonly name: string
  readonly passwordHash: string
  readonly roles: readonly Role[]
}

export interface Page<Status> {
  readonly limit: number
  readonly after?: number | undefined
  readonly status?: Status | undefined
}

const WAIT_MS_MAX = 4_000
/** The NOTIFY channel on which gateways hear that a session has ended. */
export const SESSION_ENDED = 'session_ended'

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

  session(tokenHash: string): Promise<Session | null> {
    return this.#ask(async (db) => {
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

  insertSession({ tokenHash, accountId, expiresAtMs }: Session): Promise<void> {
    return this.#ask(async (db) => {
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

  endSession(tokenHash: string): Promise<void> {
    return this.#ask(async (db) => {
      await db
        .deleteFrom('session')
        .where('token_hash', '=', Buffer.from(tokenHash, 'hex'))
        .execute()
      await sql`select pg_notify(${SESSION_ENDED}, ${tokenHash})`.execute(db)
    })
  }

  /** null when the e-mail address is taken. */
  insertPerson(asked: Omit<Person, 'accountId'>): Promise<Person | null> {
    return this.#ask(async (db) => {
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

  personByEmail(email: string): Promise<Person | null> {
    return this.#ask(async (db) => {
      const row = await db
        .selectFrom('person')
        .selectAll()
        .where(sql`lower(email)`, '=', email.toLowerCase())
        .executeTakeFirst()
      return row === undefined ? null : personOf(row)
    })
  }

  personById(accountId: AccountId): Promise<Person | null> {
    return this.#ask(async (db) => {
      const row = await db
        .selectFrom('person')
        .selectAll()
        .where('account_id', '=', accountId)
        .executeTakeFirst()
      return row === undefined ? null : personOf(row)
    })
  }

  changePassword(accountId: AccountId, passwordHash: string): Promise<void> {
    return this.#ask(async (db) => {
      await db
        .updateTable('person')
        .set({ password_hash: passwordHash })
        .where('account_id', '=', accountId)
        .execute()
    })
  }

  /** The settled truth about one key; outcome-unknown while there is none. */
  async outcome(accountId: AccountId, key: Key): Promise<OutcomeReply> {
    const row = await this.#ask((db) =>
      db
        .selectFrom('outcome')
        .innerJoin('settlement_journal as entry', 'entry.sequence', 'outcome.sequence')
        .select(['entry.sequence', 'entry.at', 'entry.events', 'outcome.place'])
        .where('outcome.account_id', '=', accountId)
        .where('outcome.key', '=', key)
        .executeTakeFirst(),
    )
    if (row === undefined) throw new Refusal(reject('outcome-unknown'))
    const given = decodeEventBody(row.events).answered[row.place]?.[0]
    assert(given !== undefined, `entry ${row.sequence} answers command ${row.place}`)
    const answer = given.kind === 'Repeated' ? given.answer : (given as Answer)
    return { sequence: brandSequence(row.sequence), atMs: atMs(row.at.getTime()), answer }
  }

  /** Newest first. */
  bids(
    accountId: AccountId,
    { limit, after, status }: Page<BidStatus>,
  ): Promise<readonly BidRow[]> {
    return this.#ask(async (db) => {
      let query = db.selectFrom('bid').selectAll().where('account_id', '=', accountId)
      if (after !== undefined) query = query.where('bid_id', '<', after)
      if (status !== undefined) query = query.where('status', '=', status)
      const rows = await query.orderBy('bid_id', 'desc').limit(limit).execute()
      return rows.map(bidRowOf)
    })
  }

  /** Closed ones, newest first. */
  listings({ limit, after, status }: Page<ListingStatus>): Promise<readonly ListingRow[]> {
    return this.#ask(async (db) => {
      let query = db.selectFrom('listing').selectAll()
      if (after !== undefined) query = query.where('listing_id', '<', after)
      if (status !== undefined) query = query.where('status', '=', status)
      const rows = await query.orderBy('listing_id', 'desc').limit(limit).execute()
      return rows.map(listingRowOf)
    })
  }

  listing(listingId: ListingId): Promise<ListingRow | null> {
    return this.#ask(async (db) => {
      const row = await db
        .selectFrom('listing')
        .selectAll()
        .where('listing_id', '=', listingId)
        .executeTakeFirst()
      return row === undefined ? null : listingRowOf(row)
    })
  }

  /** The newest bids that were taken into the listing's book, oldest first. */
  fills(listingId: ListingId, limit: number): Promise<readonly FillRow[]> {
    return this.#ask(async (db) => {
      const rows = await db
        .selectFrom('bid')
        .selectAll()
        .where('listing_id', '=', listingId)
        .where('placed_minor', '>', 0)
        .orderBy('bid_id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(fillRowOf).toReversed()
    })
  }

  /** null until the schedule is built. */
  schedule(listingId: ListingId): Promise<readonly InstalmentRow[] | null> {
    return this.#ask(async (db) => {
      const rows = await db
        .selectFrom('instalment')
        .selectAll()
        .where('loan_id', '=', listingId)
        .orderBy('number')
        .execute()
      if (rows.length === 0) return null
      return rows.map((row) => ({
        number: row.number,
        dueOn: row.due_on,
        principalMinor: row.principal_minor,
        interestMinor: row.interest_minor,
      }))
    })
  }

  /** Principal of the loans that this account's bids have won. */
  investedMinor(accountId: AccountId): Promise<Minor> {
    return this.#ask(async (db) => {
      const row = await db
        .selectFrom('bid')
        .select(sql<number>`coalesce(sum(accepted_minor), 0)::bigint`.as('invested'))
        .where('account_id', '=', accountId)
        .where('status', '=', 'won')
        .executeTakeFirstOrThrow()
      return minor(row.invested)
    })
  }

  async #ask<T>(query: (db: Database) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new Error('no answer in time')), WAIT_MS_MAX)
    })
    try {
      const answer = await Promise.race([query(this.#db), late])
      this.#reason = null
      return answer
    } catch (cause) {
      this.#reason = `records: ${messageOf(cause)}`
      throw new Refusal(reject('records-unavailable', { retryAfterMs: 1_000 }), { cause })
    } finally {
      clearTimeout(timer)
    }
  }
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
