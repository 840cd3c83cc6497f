import { afterAll, beforeAll, expect, test } from 'vitest'
import { Redis } from 'ioredis'
import { SNAPSHOTS_ARCHIVED } from '../../schema/limit.ts'
import { readCursor } from '../../workers/settlement/cursor.ts'
import { faultsOf, SEED, startLedger, until, untilSettled } from './ledger-fixture.ts'
import type { LedgerFixture } from './ledger-fixture.ts'

process.stdout.write(`SEED=${SEED}\n`)

let ledger: LedgerFixture

beforeAll(async () => {
  ledger = await startLedger({
    settlements: 2,
    workers: 1,
    env: { OUTBOX_RESEND_MS: '1000' },
  })
  await ledger.engine.open()
})
afterAll(() => ledger.stop())

test('all that happened is posted once, and the ledger proves it', async () => {
  await ledger.engine.run(160)
  await untilSettled(ledger)
  expect(await faultsOf(ledger.postgres)).toEqual([])
  const told = ledger.engine.entries.flatMap(({ timed, answered }) => [timed, ...answered].flat())
  for (const kind of ['BidPlaced', 'BidOutbid', 'LoanDisbursed', 'ListingExpired', 'Repeated'])
    expect(told.filter((event) => event.kind === kind).length, kind).toBeGreaterThan(0)
  const placed = told.filter(({ kind }) => kind === 'BidPlaced').length
  expect(await count('select count(*) as count from bid')).toBe(placed)
})

test('an entry that comes twice posts nothing the second time', async () => {
  const before = await count('select count(*) as count from transfer')
  await ledger.engine.fillOne()
  await untilSettled(ledger)
  const after = await count('select count(*) as count from transfer')
  expect(after - before).toBeGreaterThan(3)

  const repeated = await ledger.engine.repeatEntry()
  expect(repeated.isDuplicate).toBe(true)
  await untilSettled(ledger)
  const expired = repeated.timed.filter(({ kind }) => kind === 'ListingExpired')
  expect(expired).toEqual([])
  expect(await count('select count(*) as count from transfer')).toBe(after)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('settlers killed under load leave nothing out and post nothing twice', async () => {
  const load = ledger.engine.run(320)
  for (const name of ['settlement-1', 'settlement-2', 'settlement-1', 'settlement-2'])
    await ledger.market.restart(name, 'SIGKILL')
  await load
  await untilSettled(ledger)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('connections lost in the middle of a commit are made good from the cursor', async () => {
  const { pool } = ledger.postgres
  let isOver = false
  const load = ledger.engine.run(320).finally(() => {
    isOver = true
  })
  let killed = 0
  while (!isOver) {
    const { rowCount } = await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where query in ('commit', 'COMMIT') and state <> 'idle' and pid <> pg_backend_pid()`,
    )
    killed += rowCount ?? 0
  }
  await load
  expect(killed).toBeGreaterThan(0)
  await untilSettled(ledger)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('a server that is killed comes back with everything that was recorded', async () => {
  const load = ledger.engine.run(160)
  await ledger.market.restart('postgres', 'SIGKILL')
  await load
  await untilSettled(ledger)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('a loan gets its schedule although the queue lost the job', async () => {
  const queue = new Redis(ledger.market.queueUrl)
  await ledger.market.kill('workers-1')
  const loanId = await ledger.engine.fillOne()
  const isSent =
    'select count(*) as count from outbox where done_at is null and sent_at is not null'
  await until('the job is sent', async () => (await count(isSent)) > 0)
  await queue.flushall()
  await queue.quit()
  await ledger.market.start('workers-1')
  const stored = `select count(*) as count from instalment where loan_id = ${loanId}`
  await until('the schedule is stored', async () => (await count(stored)) > 0)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('snapshots are copied, and the streams trimmed behind the older of two', async () => {
  const { engine, journal, postgres } = ledger
  for (let saved = 0; saved < 3; saved++) {
    await engine.run(120)
    await engine.saveSnapshot()
  }
  await untilSettled(ledger)
  const newest = engine.entries.at(-1)?.sequence
  const copied = `select max(sequence) as count from engine_snapshot`
  await until('the newest snapshot is copied', async () => (await count(copied)) === newest)
  const length = async () => (await journal.call('XLEN', journal.keys.commands)) as number
  await until('the streams are short', async () => (await length()) < engine.entries.length - 300)
  const { id } = await readCursor(postgres.pool, 'recorded')
  expect(id).toBe(engine.entries.at(-1)?.id)
  await engine.run(16)
  await untilSettled(ledger)
  const copies = await count('select count(distinct sequence) as count from engine_snapshot')
  expect(copies).toBeLessThanOrEqual(SNAPSHOTS_ARCHIVED)
})

test('a digest that is not the engine\u2019s stops posting right before it, and for good', async () => {
  await ledger.engine.run(16)
  const good = ledger.engine.entries.at(-1)?.sequence ?? 0
  await ledger.engine.tellWrongDigest()
  const settled = async () => (await readCursor(ledger.postgres.pool, 'settled')).sequence
  const recorded = async () => (await readCursor(ledger.postgres.pool, 'recorded')).sequence
  await until('all before it is settled', async () => (await settled()) === good)
  await until('it is recorded', async () => (await recorded()) === good + 1)
  await until('somebody says why', async () => (await stoppedReason()) !== null)
  expect(await stoppedReason()).toContain(`sequence ${good + 1}: the engine says bad0bad0bad0bad0`)

  await ledger.market.restart('settlement-1')
  await ledger.market.restart('settlement-2')
  await until('it is said again', async () => (await stoppedReason()) !== null)
  expect(await settled()).toBe(good)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('settlers asked to stop end by themselves', async () => {
  for (const name of ['settlement-1', 'settlement-2']) {
    const { exited } = ledger.market.running(name)
    await ledger.market.kill(name, 'SIGTERM')
    expect(await exited).toMatchObject({ code: 0 })
  }
})

async function count(query: string): Promise<number> {
  const { rows } = await ledger.postgres.pool.query<{ count: number }>(query)
  return rows[0]?.count ?? 0
}

/** Of whichever settler holds the lease. */
async function stoppedReason(): Promise<string | null> {
  for (const name of ['settlement-1', 'settlement-2']) {
    const { opsPort } = ledger.market.running(name).said ?? {}
    const response = await fetch(`http://127.0.0.1:${opsPort}/readyz`)
    const { reasons } = (await response.json()) as { reasons: string[] }
    const metrics = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
    const isTold = /lendbook_settlement_digest_mismatch\{[^}]*\} 1/.test(metrics)
    const reason = reasons.find((line) => line.startsWith('settled is stopped'))
    if (reason !== undefined && isTold && response.status === 503) return reason
  }
  return null
}
