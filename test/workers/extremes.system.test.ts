/** What is rare or large, through the real settlement: a market that is full, turnovers beyond what a number
 *  holds, an entry that this build cannot post. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MARKET_LIMITS } from '../../engine/index.ts'
import { AMOUNT_MINOR_MAX, bidId as toBidId, listingId as toListingId } from '../../schema/index.ts'
import { inspectLedger } from '../../workers/settlement/check-ledger.ts'
import { faultsOf, SEED, startLedger, untilSettled } from './ledger-fixture.ts'
import type { LedgerFixture } from './ledger-fixture.ts'

process.stdout.write(`SEED=${SEED}\n`)

const SETTLER = 'settlement-1'
const [BORROWER, ADA, BEN, CID] = [1, 2, 3, 4]

let ledger: LedgerFixture

beforeAll(async () => {
  const limits = { ...MARKET_LIMITS, accountsMax: 3, listingsOpenMax: 1 }
  ledger = await startLedger({ settlements: 1 }, limits)
  const { engine } = ledger
  const wealth = [BORROWER, ADA, BEN].map((person) => engine.deposit(person, AMOUNT_MINOR_MAX))
  await engine.tell(wealth)
})
afterAll(() => ledger.stop())

test('a full market says so to the same key again and again, and settlement goes on', async () => {
  const { engine } = ledger
  const { listingId } = engine.next
  const newcomer = engine.deposit(CID, 100)
  const second = engine.auction(BORROWER, 1_000_000)
  await engine.tell([engine.auction(BORROWER, 1_000_000)])
  for (let time = 0; time < 3; time++)
    expect((await engine.tell([newcomer, second, second])).answered.flat()).toMatchObject(
      [newcomer, second, second].map(({ key }) => ({ kind: 'Refused', key, code: 'market-full' })),
    )
  await untilSettled(ledger)
  expect(await outcomesOf(second.key)).toBe(0)

  // There is room again: now the same key gets its answer, for good.
  await engine.tell([engine.withdraw(BORROWER, listingId)])
  const opened = await engine.tell([second])
  expect(opened.answered[0]?.[0]).toMatchObject({ kind: 'ListingOpened' })
  expect((await engine.tell([second])).answered[0]?.[0]).toMatchObject({ kind: 'Repeated' })
  await untilSettled(ledger)
  expect(await outcomesOf(second.key)).toBe(1)
  expect(await faultsOf(ledger.postgres)).toEqual([])
  await engine.tell([engine.withdraw(BORROWER, toListingId(engine.next.listingId - 1))])
})

const TURNS = 10_000
/** Of the largest listing there is, with room left for its smallest bid. */
const BID_MINOR = AMOUNT_MINOR_MAX - 100_000_007

test('an account that turns over more than a number holds is posted to the cent', async () => {
  const { engine, market } = ledger
  await untilSettled(ledger)
  // All of it waits, so that it is one backlog.
  await market.kill(SETTLER, 'SIGTERM')
  const { listingId, bidId } = engine.next
  await engine.tell([engine.auction(BORROWER, AMOUNT_MINOR_MAX)])
  for (let turn = 0; turn < TURNS; turn += 1_000) {
    const commands = Array.from({ length: 1_000 }, (_, index) => [
      engine.bid(ADA, listingId, BID_MINOR, 90_000),
      engine.cancel(ADA, toBidId(bidId + turn + index)),
    ])
    await engine.tell(commands.flat())
  }
  await market.start(SETTLER)
  await untilSettled(ledger)
  expect(await faultsOf(ledger.postgres)).toEqual([])
  const turnover = BigInt(TURNS) * BigInt(BID_MINOR)
  expect(turnover).toBeGreaterThan(Number.MAX_SAFE_INTEGER)
  const { rows } = await ledger.postgres.pool.query(
    'select code, debits_minor, credits_minor from ledger_account where owner = $1 order by code',
    [ADA],
  )
  const deposited = BigInt(AMOUNT_MINOR_MAX)
  expect(rows).toEqual([
    { code: 2001, debits_minor: turnover, credits_minor: turnover + deposited },
    { code: 2002, debits_minor: turnover, credits_minor: turnover },
  ])
})

test('it is read again by a settler that starts, and posted on', async () => {
  const { engine, market } = ledger
  await market.restart(SETTLER, 'SIGKILL')
  await engine.tell([engine.deposit(ADA, 100), engine.deposit(BEN, 100)])
  await untilSettled(ledger)
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

test('the check tells of sums that no number holds, of balances that are none, and goes on', async () => {
  const moved = await findingsAfter(
    `update ledger_account set credits_minor = credits_minor + 1 where code = 2001 and owner = ${ADA}`,
  )
  expect(moved).toHaveLength(5)
  expect(moved.at(-1)).toContain(`ledger_account 2001 ${ADA}: credits_minor is`)
  const beyond = await findingsAfter(
    `update ledger_account set credits_minor = credits_minor + 1e30 where code = 2001 and owner = ${ADA}`,
  )
  expect(beyond).toHaveLength(5)
  expect(beyond.at(-2)).toContain('cannot be told')
  expect(beyond.at(-1)).toContain(`ledger_account 2001 ${ADA}: credits_minor is`)
})

/** What the check says once the ledger was tampered with, which is taken back. */
async function findingsAfter(change: string): Promise<readonly string[]> {
  const client = await ledger.postgres.pool.connect()
  try {
    await client.query('begin')
    await client.query(change)
    const findings = await inspectLedger(client)
    return findings.filter(({ holds }) => !holds).map(({ detail }) => detail)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

async function outcomesOf(key: string): Promise<number> {
  const { rows } = await ledger.postgres.pool.query<{ count: number }>(
    'select count(*) as count from outcome where key = $1',
    [key],
  )
  return rows[0]?.count ?? 0
}
