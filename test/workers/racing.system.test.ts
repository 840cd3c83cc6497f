/** Settlers that share a lease: what is left when it was lost and nobody has noticed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspectLedger } from '../../workers/settlement/check-ledger.ts'
import { CursorMoved, readCursor } from '../../workers/settlement/cursor.ts'
import { posting } from '../../workers/settlement/posting.ts'
import { recording } from '../../workers/settlement/recording.ts'
import type { LeaseMark } from '../../workers/settlement/held.ts'
import { processJob } from '../../workers/processors.ts'
import { dateOf, dayAt, monthsAfter } from '../../engine/loan/arithmetic/calendar.ts'
import { anyLease, faultsOf, SEED, startLedger, termOf, untilSettled } from './ledger-fixture.ts'
import type { LedgerFixture } from './ledger-fixture.ts'

process.stdout.write(`SEED=${SEED}\n`)

let ledger: LedgerFixture

beforeAll(async () => {
  ledger = await startLedger({ settlements: 0 })
  await ledger.engine.open()
})
afterAll(() => ledger.stop())

test('two settlers that both believe to be the one write nothing twice', async () => {
  const stop = new AbortController()
  let moved = 0
  const lease = await anyLease(ledger.postgres.pool)
  const settlers = Array.from({ length: 2 }, () => settle(lease, stop.signal, () => (moved += 1)))
  await ledger.engine.run(320)
  await untilSettled(ledger)
  stop.abort()
  await Promise.all(settlers)
  expect(await faultsOf(ledger.postgres)).toEqual([])
  expect(moved).toBeGreaterThan(0)
  const { sequence } = await readCursor(ledger.postgres.pool, 'recorded')
  expect(sequence).toBe(ledger.engine.entries.length)
})

test('a job that runs five times at once stores one schedule', async () => {
  const { pool, db } = ledger.postgres
  const { rows } = await pool.query<{ outbox_id: number; payload: { loanId: number } }>(
    `select outbox_id, payload from outbox order by outbox_id limit 1`,
  )
  const { outbox_id: outboxId, payload } = rows[0] ?? { outbox_id: 0, payload: { loanId: 0 } }
  const runs = Array.from({ length: 5 }, () => processJob(db, 'build-schedule', outboxId, payload))
  await Promise.all(runs)
  await processJob(db, 'build-schedule', outboxId, payload)
  const schedule = await pool.query<{ due_on: string; principal_minor: number }>(
    'select due_on, principal_minor from instalment where loan_id = $1 order by number',
    [payload.loanId],
  )
  const loan = await db
    .selectFrom('loan')
    .selectAll()
    .where('loan_id', '=', payload.loanId)
    .executeTakeFirstOrThrow()
  expect(schedule.rows).toHaveLength(loan.term_months)
  expect(schedule.rows[0]?.due_on).toBe(dateOf(monthsAfter(dayAt(loan.disbursed_at.getTime()), 1)))
  const principal = schedule.rows.reduce((sum, row) => sum + row.principal_minor, 0)
  expect(principal).toBe(loan.principal_minor)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('a payload that is not the topic\u2019s is refused and stays open', async () => {
  const { pool, db } = ledger.postgres
  const open = 'select count(*) as count from outbox where done_at is null'
  const before = await pool.query(open)
  await expect(processJob(db, 'build-schedule', 1, { loan: 1 })).rejects.toThrow('Unrecognized key')
  expect((await pool.query(open)).rows).toEqual(before.rows)
})

/** Each of these must be found by the check, under the name of what it breaks. */
const TAMPERINGS: readonly (readonly [invariant: string, change: string])[] = [
  [
    'transfers sum to balances',
    `update transfer set amount_minor = amount_minor + 1 where transfer_id = 5`,
  ],
  ['transfers are numbered without gaps', `delete from transfer where transfer_id = 7`],
  [
    'debits equal credits in each ledger',
    `update ledger_account set credits_minor = credits_minor + 1 where code = 2001 and owner = 3`,
  ],
  [
    'the bank pool is what clients are owed',
    `update ledger_account set debits_minor = debits_minor + 1 where code = 1001`,
  ],
  [
    'what an account has held is in its open bids',
    `update bid set accepted_minor = accepted_minor - 1
      where bid_id = (select max(bid_id) from bid where status = 'open')`,
  ],
  [
    'a listing is funded by its bids',
    `update bid set status = 'won' where bid_id = (select max(bid_id) from bid where status = 'open')`,
  ],
  [
    'a bid ends as its listing does',
    `update bid set status = 'withdrawn'
      where bid_id = (select max(bid_id) from bid where status = 'expired')`,
  ],
  [
    'the claims on a loan are its principal',
    `update loan set principal_minor = principal_minor + 1`,
  ],
  [
    'every funded listing is a loan, and only those',
    `update listing set status = 'expired'
      where listing_id = (select min(listing_id) from listing where status = 'funded')`,
  ],
  ['instalments repay the principal', `update instalment set principal_minor = 1 where number = 2`],
  [
    'each loan has one job for its schedule, done when it is stored',
    `update outbox set done_at = now() where done_at is null`,
  ],
  [
    'the hash chain is whole from the first entry',
    `update settlement_journal set events = events || '\\x00' where sequence = 9`,
  ],
  [
    'every outcome is what the record says',
    `delete from outcome where sequence = (select min(sequence) from outcome where place = 0)`,
  ],
  [
    'no command has two outcomes',
    `insert into outcome select account_id + 1000000, key, sequence, place from outcome limit 1`,
  ],
  [
    'the tables have the digest that the engine said',
    `update bid set rate_ppm = rate_ppm + 1
      where bid_id = (select max(bid_id) from bid where status = 'open')`,
  ],
  [
    'no transfer is later than the settled entry',
    `update settlement_cursor set sequence = (select max(sequence) from transfer) - 1
      where stage = 'settled'`,
  ],
]

for (const [invariant, change] of TAMPERINGS)
  test(`the check finds it when this is broken: ${invariant}`, async () => {
    const found = await faultsAfter(change)
    expect(found.filter((fault) => fault.startsWith(invariant))).toHaveLength(1)
  })

/** Checks in the same transaction that tampers, and takes it back. */
async function faultsAfter(change: string): Promise<readonly string[]> {
  const client = await ledger.postgres.pool.connect()
  try {
    await client.query('begin')
    const { rowCount } = await client.query(change)
    expect(rowCount).toBeGreaterThan(0)
    const findings = await inspectLedger(client)
    return findings.filter(({ holds }) => !holds).map(({ invariant }) => invariant)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

/** What a settler does, beginning again from the tables whenever the other was first. */
async function settle(lease: LeaseMark, stop: AbortSignal, onMoved: () => void): Promise<void> {
  while (!stop.aborted) {
    const over = new AbortController()
    const signal = AbortSignal.any([stop, over.signal])
    const term = termOf(ledger, ledger.postgres.pool, lease, signal)
    const stages = [recording(term), posting(term)].map((stage) =>
      stage.finally(() => over.abort()),
    )
    for (const result of await Promise.allSettled(stages)) {
      if (result.status === 'fulfilled') continue
      if (!(result.reason instanceof CursorMoved)) throw result.reason
      onMoved()
    }
  }
}
