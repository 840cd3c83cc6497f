import { afterAll, beforeAll, expect, test } from 'vitest'
import { Redis } from 'ioredis'
import {
  BIDS_PER_LISTING_MAX,
  bidId as toBidId,
  CAUSED_ROWS_PER_ENTRY_MAX,
  COMMANDS_PER_ENTRY_MAX,
  EVENTS,
  listingId as toListingId,
  SNAPSHOTS_ARCHIVED,
  TRIM_BEHIND_ENTRIES_MAX,
} from '../../schema/index.ts'
import type { EventKind } from '../../schema/index.ts'
import { listSnapshots } from '../../engine/journal/index.ts'
import { readCursor } from '../../workers/settlement/cursor.ts'
import { offByOne, ofTomorrow } from '../engine/snapshot/bent.ts'
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
  await ledger.engine.fillOne()
  await ledger.engine.run(320)
  await untilSettled(ledger)
  expect(await faultsOf(ledger.postgres)).toEqual([])
  const told = ledger.engine.entries.flatMap(({ timed, answered }) => [timed, ...answered].flat())
  for (const kind of [
    'BidPlaced',
    'BidOutbid',
    'BidAmended',
    'LoanDisbursed',
    'ListingExpired',
    'BidsReleased',
    'Repeated',
  ])
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
  let killed = 0
  // A commit takes a moment only: now and then a whole load goes by without one being seen.
  for (let loads = 0; killed === 0 && loads < 20; loads++) {
    let isOver = false
    const load = ledger.engine.run(320).finally(() => {
      isOver = true
    })
    while (!isOver) {
      const { rowCount } = await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where query in ('commit', 'COMMIT') and state <> 'idle' and pid <> pg_backend_pid()`,
      )
      killed += rowCount ?? 0
    }
    await load
  }
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

const BORROWER = 1
const [ADA, BEN] = [2, 3]

test('the largest entry that an engine can produce is posted in one go, far below the time of a query', async () => {
  const { engine } = ledger
  const amountMinor = 2_500 * BIDS_PER_LISTING_MAX
  const listing = engine.next.listingId
  const dozen = Array.from({ length: 12 }, (_, index) => toListingId(listing + index))
  await engine.tell(dozen.map(() => engine.auction(BORROWER, amountMinor)))
  for (const one of dozen.slice(0, 2)) await engine.fill(one, BIDS_PER_LISTING_MAX)
  for (const one of dozen.slice(2)) await engine.fill(one, 700)
  await untilSettled(ledger)

  const withdrawn = dozen.slice(1).map((one) => engine.withdraw(BORROWER, one))
  const bids = Array.from({ length: COMMANDS_PER_ENTRY_MAX - withdrawn.length }, (_, index) =>
    engine.bid(4 + (index % 30), toListingId(listing), 2_500, 10_000),
  )
  const startedAt = performance.now()
  const { answered } = await engine.tell([...withdrawn, ...bids])
  await untilSettled(ledger)
  expect(performance.now() - startedAt).toBeLessThan(20_000)
  const ended = answered
    .flat()
    .flatMap((event) => (event.kind === 'BidsReleased' ? event.released : []))
  const outbid = answered.flat().filter(({ kind }) => kind === 'BidOutbid')
  expect(ended.length + outbid.length).toBeGreaterThan(CAUSED_ROWS_PER_ENTRY_MAX - 1_000)
  expect(ended.length + outbid.length).toBeLessThanOrEqual(CAUSED_ROWS_PER_ENTRY_MAX)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('an amended bid keeps its place only for less, and its row says what it asks for now', async () => {
  const { engine } = ledger
  const { listingId, bidId } = engine.next
  const less = bidId
  const more = toBidId(bidId + 1)
  const cheaper = toBidId(bidId + 2)
  const cancelled = toBidId(bidId + 3)
  await engine.tell([
    engine.auction(BORROWER, 5_000_000),
    ...[ADA, BEN, ADA, BEN].map((person) => engine.bid(person, listingId, 100_000, 90_000)),
  ])
  await untilSettled(ledger)
  await engine.tell([engine.amend(ADA, less, 40_000, 90_000)])
  await engine.tell([
    engine.amend(BEN, more, 150_000, 90_000),
    engine.amend(ADA, cheaper, 100_000, 80_000),
    engine.amend(BEN, cancelled, 120_000, 70_000),
    engine.cancel(BEN, cancelled),
  ])
  await untilSettled(ledger)
  const asked = { placed_minor: 100_000, closed_at: null, status: 'open' }
  expect(await bidsOf(listingId)).toMatchObject([
    { ...asked, bid_id: less, amount_minor: 40_000, accepted_minor: 40_000, place: null },
    { ...asked, bid_id: more, amount_minor: 150_000, accepted_minor: 150_000, place: bidId + 4 },
    { ...asked, bid_id: cheaper, amount_minor: 100_000, rate_ppm: 80_000, place: bidId + 5 },
    {
      ...asked,
      bid_id: cancelled,
      amount_minor: 120_000,
      accepted_minor: 0,
      rate_ppm: 70_000,
      status: 'cancelled',
      closed_at: expect.any(Date),
    },
  ])
  expect(await listingRow(listingId)).toMatchObject({ funded_minor: 290_000, bid_count: 3 })
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('a bid that is placed, amended and gone within one batch is inserted as it ended', async () => {
  const { engine } = ledger
  const { listingId, bidId } = engine.next
  const [kept, gone] = [bidId, toBidId(bidId + 1)]
  await engine.tell([
    engine.auction(BORROWER, 5_000_000),
    engine.bid(ADA, listingId, 100_000, 90_000),
    engine.bid(BEN, listingId, 100_000, 90_000),
    engine.amend(ADA, kept, 300_000, 50_000),
    engine.amend(BEN, gone, 50_000, 90_000),
    engine.cancel(BEN, gone),
  ])
  await untilSettled(ledger)
  expect(await bidsOf(listingId)).toMatchObject([
    { amount_minor: 300_000, accepted_minor: 300_000, placed_minor: 100_000, place: bidId + 2 },
    { amount_minor: 50_000, accepted_minor: 0, placed_minor: 100_000, status: 'cancelled' },
  ])
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('a settler that starts again reads amended bids with their places and terms', async () => {
  const { engine, market } = ledger
  const { listingId, bidId } = engine.next
  await engine.tell([
    engine.auction(BORROWER, 200_000),
    engine.bid(ADA, listingId, 100_000, 90_000),
    engine.bid(BEN, listingId, 100_000, 90_000),
    engine.amend(ADA, bidId, 100_000, 80_000),
    engine.amend(ADA, bidId, 100_000, 90_000),
  ])
  await untilSettled(ledger)
  for (const name of ['settlement-1', 'settlement-2']) await market.restart(name, 'SIGKILL')
  // Now the last in its line: a better bid takes its place.
  await engine.tell([engine.bid(BEN, listingId, 60_000, 70_000)])
  await untilSettled(ledger)
  expect(await bidsOf(listingId)).toMatchObject([
    { accepted_minor: 40_000, rate_ppm: 90_000, place: bidId + 3, status: 'open' },
    { accepted_minor: 100_000, place: null },
    { accepted_minor: 60_000, place: null },
  ])
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('a withdrawn listing gives all cash back, and its row says what its book held', async () => {
  const { engine, market } = ledger
  const { listingId, bidId } = engine.next
  const available = () => count(AVAILABLE_OF_ALL)
  const before = await available()
  await engine.tell([
    engine.auction(BORROWER, 5_000_000),
    engine.bid(ADA, listingId, 100_000, 90_000),
    engine.bid(BEN, listingId, 70_000, 90_000),
    engine.bid(BEN, listingId, 50_000, 60_000),
    engine.cancel(BEN, toBidId(bidId + 2)),
    engine.amend(ADA, bidId, 130_000, 90_000),
  ])
  await untilSettled(ledger)
  expect(await available()).toBe(before - 200_000)
  for (const name of ['settlement-1', 'settlement-2']) await market.restart(name)
  await engine.tell([engine.withdraw(BORROWER, listingId)])
  await untilSettled(ledger)
  expect(await available()).toBe(before)
  expect(await listingRow(listingId)).toMatchObject({
    status: 'withdrawn',
    funded_minor: 200_000,
    bid_count: 2,
    clearing_rate_ppm: null,
    closed_at: expect.any(Date),
  })
  const withdrawn = { status: 'withdrawn', accepted_minor: 0, closed_at: expect.any(Date) }
  expect(await bidsOf(listingId)).toMatchObject([
    { ...withdrawn, amount_minor: 130_000, placed_minor: 100_000 },
    { ...withdrawn, placed_minor: 70_000 },
    { status: 'cancelled', accepted_minor: 0 },
  ])
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('a listing is withdrawn without a bid, and in the entry that opened it', async () => {
  const { engine } = ledger
  const { listingId: first } = engine.next
  const second = toListingId(first + 1)
  await engine.tell([engine.auction(BORROWER, 1_000_000)])
  await untilSettled(ledger)
  await engine.tell([
    engine.withdraw(BORROWER, first),
    engine.auction(BORROWER, 1_000_000),
    engine.bid(ADA, second, 100_000, 90_000),
    engine.withdraw(BORROWER, second),
  ])
  await untilSettled(ledger)
  const none = { status: 'withdrawn', funded_minor: 0, bid_count: 0 }
  expect(await listingRow(first)).toMatchObject(none)
  expect(await listingRow(second)).toMatchObject({ ...none, funded_minor: 100_000, bid_count: 1 })
  expect(await bidsOf(second)).toMatchObject([{ status: 'withdrawn', accepted_minor: 0 }])
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('a transfer carries the number of the event that caused it', async () => {
  const { rows } = await ledger.postgres.pool.query<{ cause: number }>(
    'select distinct cause from transfer order by cause',
  )
  const moving: readonly EventKind[] = [
    'Deposited',
    'BidPlaced',
    'BidOutbid',
    'BidCancelled',
    'LoanDisbursed',
    'ListingExpired',
    'BidAmended',
    'BidsReleased',
    'BidsCut',
  ]
  const numbers = moving.map((kind) => EVENTS[kind].number)
  expect(rows.map(({ cause }) => cause)).toEqual(numbers)
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

test('a snapshot that cannot be loaded is neither copied nor trimmed behind', async () => {
  const { engine, journal, postgres } = ledger
  await engine.run(120)
  await engine.saveSnapshot()
  await untilSettled(ledger)
  const copied = `select max(sequence) as count from engine_snapshot`
  const good = engine.entries.at(-1)?.sequence ?? 0
  await until('the good one is copied', async () => (await count(copied)) === good)
  for (const bent of [offByOne, ofTomorrow]) {
    await engine.run(TRIM_BEHIND_ENTRIES_MAX)
    await engine.saveSnapshot(bent)
  }
  await untilSettled(ledger)
  await until(
    'both are counted',
    async () => (await gauge('lendbook_snapshot_unusable_total')) === 2,
  )
  // The next round says that trimming has come to nothing.
  await until('it is not ready', async () =>
    (await reasons()).join().includes('trimming is behind'),
  )
  expect(await gauge('lendbook_settlement_trim_behind_entries')).toBeGreaterThan(0)
  expect(await count(copied)).toBe(good)
  const heads = await listSnapshots(journal)
  expect(heads.map(({ sequence, isSound }) => [sequence === good, isSound])).toEqual([
    [false, undefined],
    [false, undefined],
    [true, true],
  ])
  const oldest = (await journal.call(
    'XRANGE',
    journal.keys.commands,
    '-',
    `(${heads[2]?.id}`,
  )) as []
  expect(oldest.length).toBeGreaterThan(0)
  for (let saved = 0; saved < 2; saved++) {
    await engine.run(16)
    await engine.saveSnapshot()
  }
  await until('it is ready again', async () => (await reasons()).length === 0)
  expect(await faultsOf(postgres)).toEqual([])
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
  const { id } = ledger.engine.entries.at(-1) ?? { id: '' }
  expect(await stoppedReason()).toContain(
    `sequence ${good + 1} (entry ${id}): the engine says bad0bad0bad0bad0`,
  )

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

const AVAILABLE_OF_ALL = `select sum(credits_minor - debits_minor)::bigint as count
  from ledger_account where code = 2001`

function bidsOf(listingId: number) {
  const { db } = ledger.postgres
  return db
    .selectFrom('bid')
    .selectAll()
    .where('listing_id', '=', listingId)
    .orderBy('bid_id')
    .execute()
}

function listingRow(listingId: number) {
  const { db } = ledger.postgres
  return db
    .selectFrom('listing')
    .selectAll()
    .where('listing_id', '=', listingId)
    .executeTakeFirstOrThrow()
}

async function count(query: string): Promise<number> {
  const { rows } = await ledger.postgres.pool.query<{ count: number }>(query)
  return rows[0]?.count ?? 0
}

async function reasons(): Promise<readonly string[]> {
  const all = ['settlement-1', 'settlement-2'].map(async (name) => {
    const { opsPort } = ledger.market.running(name).said ?? {}
    const response = await fetch(`http://127.0.0.1:${opsPort}/readyz`)
    return ((await response.json()) as { reasons: string[] }).reasons
  })
  return (await Promise.all(all)).flat()
}

/** The larger of the two settlers': one stands by. */
async function gauge(name: string): Promise<number> {
  const all = ['settlement-1', 'settlement-2'].map(async (settler) => {
    const { opsPort } = ledger.market.running(settler).said ?? {}
    const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
    return Number(new RegExp(`^${name}\\{[^}]*\\} (.+)$`, 'm').exec(text)?.[1] ?? 0)
  })
  return Math.max(...(await Promise.all(all)))
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
