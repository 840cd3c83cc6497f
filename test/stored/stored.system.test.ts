/** A database that an earlier build left behind, recorded and not posted yet, under today's settlement. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../deploy/migrate.ts'
import { connectPostgres, createMetrics, listMigrations } from '../../engine/host/index.ts'
import type { Postgres } from '../../engine/host/index.ts'
import { Backlog } from '../../workers/settlement/backlog.ts'
import { readCursor } from '../../workers/settlement/cursor.ts'
import { Gauge } from '../../workers/settlement/gauge.ts'
import { posting } from '../../workers/settlement/posting.ts'
import { anyLease, faultsOf, startLedger } from '../workers/ledger-fixture.ts'
import type { LedgerFixture } from '../workers/ledger-fixture.ts'
import { journalValues, readStored, rowOf, TABLES } from './stored.ts'
import type { Row, Stored } from './stored.ts'

let ledger: LedgerFixture

beforeAll(async () => {
  ledger = await startLedger({ settlements: 0 })
})
afterAll(() => ledger.stop())

test.each(readStored())(
  'what version $version recorded is posted to the same ledger and the same rows',
  async (stored) => {
    const postgres = await openAsLeft(stored)
    const last = stored.settlementJournal.length
    await post(postgres, last)
    expect(await readCursor(postgres.pool, 'settled')).toMatchObject({
      sequence: last,
      digest: stored.digest,
    })
    expect(await faultsOf(postgres)).toEqual([])
    for (const [table, key] of TABLES) {
      const rows = stored.tables[table] ?? []
      expect(rows.length, table).toBeGreaterThan(0)
      expect(await rowsLike(postgres, rows, table, key), table).toEqual(rows)
    }
    await postgres.close()
  },
)

/** The database as it stood then, brought to today's schema by the migrations that came since. */
async function openAsLeft({ version, migrations, settlementJournal }: Stored): Promise<Postgres> {
  const name = `version_${version}`
  await ledger.postgres.pool.query(`create database ${name}`)
  const url = new URL(ledger.market.databaseUrl)
  url.pathname = `/${name}`
  await migrate(url.href, listMigrations().slice(0, migrations))
  const postgres = await connectPostgres({ url: url.href, max: 4 })
  for (const row of settlementJournal) await insertRecorded(postgres, row)
  await postgres.pool.query(`
    update settlement_cursor c
       set sequence = j.sequence, entry_id = j.entry_id, digest = j.digest, chain_hash = j.chain_hash
      from (select * from settlement_journal order by sequence desc limit 1) j
     where c.stage = 'recorded'`)
  await migrate(url.href)
  return postgres
}

async function insertRecorded({ pool }: Postgres, row: Row): Promise<void> {
  const columns = Object.keys(row)
  const places = columns.map((_, index) => `$${index + 1}`)
  const insert = `insert into settlement_journal (${columns.join()}) values (${places.join()})`
  await pool.query(insert, journalValues(row))
}

/** Posts from where the database stands up to the entry `last`. */
async function post({ pool }: Postgres, last: number): Promise<void> {
  const backlog = new Backlog(pool)
  backlog.reaches(last)
  const gauge = new Gauge(createMetrics('settlement'))
  const { signal } = new AbortController()
  const { journal } = ledger
  const lease = await anyLease(pool)
  await posting({ pool, journal, backlog, gauge, lease, signal, onJobs: () => {} }, last + 1)
}

/** The rows of a table, of their columns those that were recorded: later builds may have more. */
async function rowsLike(
  { pool }: Postgres,
  recorded: readonly Row[],
  table: string,
  key: string,
): Promise<readonly Row[]> {
  const columns = Object.keys(recorded[0] ?? {})
  const { rows } = await pool.query(`select ${columns.join()} from ${table} order by ${key}`)
  return rows.map(rowOf)
}
