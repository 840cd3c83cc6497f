/** What counts as an outage of the records, on a real server. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connectPostgres } from '../../engine/host/index.ts'
import type { Database } from '../../engine/host/index.ts'
import { Records } from '../../gateway/records/records.ts'
import { Refusal } from '../../gateway/refusal.ts'
import { startMarket } from '../harness/market.ts'

test('what a question brings about is no outage of the records, what the server brings about is one', async () => {
  const market = await startMarket()
  const postgres = await connectPostgres({ url: market.databaseUrl, max: 2 })
  const records = new Records(postgres.db)
  const ask = (text: string) =>
    records
      .ask((db: Database) => sql.raw(text).execute(db))
      .then(
        () => 'answered',
        (error: unknown) => (error instanceof Refusal ? error.reject.code : 'fault'),
      )
  const standing = async (text: string) => [await ask(text), records.readiness().length]
  expect(await standing(`select 'a'::bigint`)).toEqual(['field-invalid', 0])
  expect(await standing(`select 1 / 0`)).toEqual(['field-invalid', 0])
  expect(await standing('select nothing from nowhere')).toEqual(['fault', 0])
  expect(await standing('select pg_terminate_backend(pg_backend_pid())')).toEqual([
    'records-unavailable',
    1,
  ])
  await expect.poll(() => standing('select 1')).toEqual(['answered', 0])
  await postgres.close()
  await market.stop()
})
