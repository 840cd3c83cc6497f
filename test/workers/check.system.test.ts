/** The check beside a market that goes on, and beside what it must not take for a fault. */
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectPostgres } from '../../engine/host/index.ts'
import { checkLedger, inspectLedger } from '../../workers/settlement/check-ledger.ts'
import { readCursor } from '../../workers/settlement/cursor.ts'
import type { LeaseMark } from '../../workers/settlement/held.ts'
import { posting } from '../../workers/settlement/posting.ts'
import { recording } from '../../workers/settlement/recording.ts'
import { anyLease, faultsOf, SEED, startLedger, termOf, until } from './ledger-fixture.ts'
import type { LedgerFixture } from './ledger-fixture.ts'

process.stdout.write(`SEED=${SEED}\n`)

/** More than the check tells of one kind. */
const ENTRIES = 140

let ledger: LedgerFixture
let lease: LeaseMark
const stop = new AbortController()

beforeAll(async () => {
  ledger = await startLedger({ settlements: 0 })
  lease = await anyLease(ledger.postgres.pool)
  await ledger.engine.open()
  await ledger.engine.fillOne()
  await ledger.engine.run(ENTRIES)
  void recording(termOf(ledger, ledger.postgres.pool, lease, stop.signal)).catch(() => {})
  await until('all is recorded', async () => (await sequenceOf('recorded')) > ENTRIES)
})
afterAll(async () => {
  stop.abort()
  await ledger.stop()
})

test('what is posted and what is checked in one session stay apart', async () => {
  const one = await connectPostgres({ url: ledger.market.databaseUrl, max: 1 })
  try {
    for (const before of [20, 40, 60, 80]) {
      await postUpTo(one.pool, before)
      const findings = await checkLedger(one.pool)
      expect(findings.filter(({ holds }) => !holds)).toEqual([])
      expect(await sequenceOf('settled')).toBe(before - 1)
    }
  } finally {
    await one.close()
  }
})

test('a market that is being settled is checked at one moment of it', async () => {
  const settling = postUpTo(ledger.postgres.pool, ENTRIES + 1)
  while ((await sequenceOf('settled')) < ENTRIES)
    expect(await faultsOf(ledger.postgres)).toEqual([])
  await settling
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('a bid of the build before, which kept no rate that it was placed at, is no fault', async () => {
  const isSame = `rate_ppm = placed_rate_ppm`
  expect(await faultsAfter(`update bid set placed_rate_ppm = null where ${isSame}`)).toEqual([])
  const found = await faultsAfter(`update bid set placed_rate_ppm = null where not ${isSame}`)
  expect(found.join()).toMatch(/every bid is .*: placed_rate_ppm is \d+, by the record \d+/)
})

test('a record with more faults than are told is posted once more all the same', async () => {
  const found = await faultsAfter(`update settlement_journal set at = at + interval '1 s'`)
  expect(found.join()).toMatch(
    /^the hash chain is whole from the first entry: .*time at sequence 1/,
  )
  expect(found).toHaveLength(1)
})

test('a time that no clock shows is told', async () => {
  const found = await faultsAfter(
    `update settlement_journal set at = 'infinity' where sequence = 9`,
  )
  expect(found.join()).toBe('the hash chain is whole from the first entry: "time at sequence 9"')
})

test('a job that was sent and never counted is found', async () => {
  const found = await faultsAfter(`update outbox set attempts = 3`)
  expect(found.join()).toMatch(/^a job counts how often it was sent: .*"attempts":3/)
})

/** Everything before sequence `before`, by the connections of `pool`. */
async function postUpTo(pool: Pool, before: number): Promise<void> {
  const term = termOf(ledger, pool, lease, stop.signal)
  term.backlog.reaches(await sequenceOf('recorded'))
  await posting(term, before)
}

async function sequenceOf(stage: 'recorded' | 'settled'): Promise<number> {
  return (await readCursor(ledger.postgres.pool, stage)).sequence
}

/** Checks in the transaction that changes something, and takes it back. */
async function faultsAfter(change: string): Promise<readonly string[]> {
  const client = await ledger.postgres.pool.connect()
  try {
    await client.query('begin')
    expect((await client.query(change)).rowCount).toBeGreaterThan(0)
    const findings = await inspectLedger(client)
    return findings
      .filter(({ holds }) => !holds)
      .map(({ invariant, detail }) => `${invariant}: ${detail}`)
  } finally {
    await client.query('rollback')
    client.release()
  }
}
