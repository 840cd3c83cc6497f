/** The derived tables, changed behind the record's back or posted wrongly, are made anew from it. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PROJECT_DIR } from '../../deploy/local/project.ts'
import { faultsOf, SEED, startLedger, until, untilSettled } from '../workers/ledger-fixture.ts'
import type { LedgerFixture } from '../workers/ledger-fixture.ts'

process.stdout.write(`SEED=${SEED}\n`)

let ledger: LedgerFixture

beforeAll(async () => {
  ledger = await startLedger({ settlements: 1, workers: 1 })
  await ledger.engine.open()
  await ledger.engine.run(48)
  await ledger.engine.fillOne()
  await untilSettled(ledger)
  await until('all jobs are done', async () => (await openJobs()) === 0)
})
afterAll(() => ledger.stop())

const DAMAGE = [
  `update loan set rate_ppm = rate_ppm + 1`,
  `update ledger_account set debits_minor = debits_minor + 5, credits_minor = credits_minor + 5 where code = 2001`,
  `update bid set status = 'cancelled' where status = 'open'`,
  `delete from instalment where number = 3`,
  `delete from outcome where place = 1`,
  `insert into outcome select account_id + 1000, key, sequence, place from outcome limit 3`,
  `delete from transfer where transfer_id > 20`,
  `update listing set amount_minor = 1 where listing_id = (select max(listing_id) from listing)`,
  `update settlement_cursor set digest = '0000000000000000' where stage = 'settled'`,
]

test('while a settler works nothing is touched', async () => {
  const refused = await repost()
  expect(refused.code).toBe(2)
  expect(refused.said).toMatch(/^a settler works: stop settlement.*\n$/)
})

test('what was changed is put right, what does not follow from the record stays, and it goes on', async () => {
  const { pool } = ledger.postgres
  await ledger.market.kill('settlement-1', 'SIGTERM')
  const doneBefore = await pool.query(
    'select outbox_id, done_at, created_at from outbox order by 1',
  )
  for (const change of DAMAGE) expect((await pool.query(change)).rowCount).toBeGreaterThan(0)
  expect((await faultsOf(ledger.postgres)).length).toBeGreaterThan(DAMAGE.length - 3)

  const { code, said } = await repost()
  expect(said).toContain('"at":"reposted"')
  expect(code).toBe(0)
  expect(await faultsOf(ledger.postgres)).toEqual([])
  const doneAfter = await pool.query('select outbox_id, done_at, created_at from outbox order by 1')
  expect(doneAfter.rows).toEqual(doneBefore.rows)

  await ledger.market.start('settlement-1')
  await ledger.engine.run(16)
  await untilSettled(ledger)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('from a record that is not whole nothing is made', async () => {
  const { pool } = ledger.postgres
  await ledger.market.kill('settlement-1', 'SIGTERM')
  await pool.query('update settlement_journal set batch = batch + 1 where sequence = 9')
  await pool.query('update loan set rate_ppm = rate_ppm + 1')
  const { code, said } = await repost()
  expect(code).toBe(1)
  expect(said).toMatch(/^the record is not whole: hash at sequence 9\n$/)
  await pool.query('update settlement_journal set batch = batch - 1 where sequence = 9')
  expect((await repost()).said).toContain('"changed":{"loan":')
})

function repost(): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [join(PROJECT_DIR, 'dist', 'deploy', 'repost.js')], {
    env: { PATH: process.env['PATH'], DATABASE_URL: ledger.market.databaseUrl },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (said += String(bytes)))
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, said }))
  })
}

async function openJobs(): Promise<number> {
  const { rows } = await ledger.postgres.pool.query<{ open: number }>(
    'select count(*) as open from outbox where done_at is null',
  )
  return rows[0]?.open ?? 0
}
