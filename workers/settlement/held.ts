/** What a settler asks before it writes: whether the lease that it works under is still its own. */
import type { Pool, PoolClient } from 'pg'
import type { Database } from '../../engine/host/index.ts'

/** Which term, and whose. */
export interface LeaseMark {
  readonly term: number
  readonly holder: string
}

/** Another settler works now. Nothing is wrong. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** As a part of a query: its parameters are term and holder, from `$first` on. */
export function isHeld(first: number): string {
  return `exists (select from settlement_lease where term = $${first} and holder = $${first + 1})`
}

export async function holdsLease(
  client: Pool | PoolClient,
  { term, holder }: LeaseMark,
): Promise<boolean> {
  const asked = `select ${isHeld(1)} as held`
  const { rows } = await client.query<{ held: boolean }>(asked, [term, holder])
  return rows[0]?.held === true
}

/** For what writes with kysely. Throws LeaseLost. */
export async function assertHeld(db: Database, { term, holder }: LeaseMark): Promise<void> {
  const held = await db
    .selectFrom('settlement_lease')
    .select('term')
    .where('term', '=', term)
    .where('holder', '=', holder)
    .executeTakeFirst()
  if (held === undefined) throw new LeaseLost(`term ${term} is over`)
}
