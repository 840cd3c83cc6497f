/** Loans as they are settled in Postgres. All of it throws `Refusal` records-unavailable. */
import { sql } from 'kysely'
import { minor } from '../../schema/index.ts'
import type { AccountId, InstalmentRow, ListingId, Minor } from '../../schema/index.ts'
import type { Records } from '../records/records.ts'

/** null until the schedule is built. */
export function readSchedule(
  records: Records,
  listingId: ListingId,
): Promise<readonly InstalmentRow[] | null> {
  return records.ask(async (db) => {
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

/** Principal of the loans that this account's bids have won. Money that comes back is lent again, so that
 *  over the years it may pass what a number holds: then that is what is told. */
export function sumInvestedMinor(records: Records, accountId: AccountId): Promise<Minor> {
  return records.ask(async (db) => {
    const row = await db
      .selectFrom('bid')
      .select(
        sql<number>`least(coalesce(sum(accepted_minor), 0), ${Number.MAX_SAFE_INTEGER})::bigint`.as(
          'invested',
        ),
      )
      .where('account_id', '=', accountId)
      .where('status', '=', 'won')
      .executeTakeFirstOrThrow()
    return minor(row.invested)
  })
}
