/** The journal's Redis loses its data for good: nobody takes the empty one for a new market, and the
 *  record gives the journal back. */
import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectPostgres } from '../../engine/host/index.ts'
import type { Postgres } from '../../engine/host/index.ts'
import {
  connectJournal,
  dropSnapshot,
  encodeCommandBody,
  listSnapshots,
} from '../../engine/journal/index.ts'
import { atMs } from '../../schema/index.ts'
import { HttpClient } from '../../gateway/client/node.ts'
import { faultsOf } from '../workers/ledger-fixture.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { runProgram } from './program.ts'

const BID = { amountMinor: 10_000, ratePpm: 100_000 }

let market: TestMarket
let postgres: Postgres
let investor: Person
let listingId: number
/** The key of a bid of long ago, and its number. */
let key: ReturnType<Person['client']['nextKey']>
let bidId: number

beforeAll(async () => {
  market = await startMarket({ workers: 0 })
  postgres = await connectPostgres({ url: market.databaseUrl, max: 2 })
  investor = await market.newInvestor({ depositMinor: 100_000_000 })
  listingId = await market.openListing({ amountMinor: 25_000_000 })
  key = investor.client.nextKey()
  bidId = await placeBid(key)
})
afterAll(async () => {
  await postgres.close()
  await market.stop()
})

async function placeBid(as = investor.client.nextKey()): Promise<number> {
  const { answer } = await investor.client.placeBid(
    { listingId, ...BID, key: as },
    { ack: 'settled' },
  )
  return answer.bidId
}

/** The folder of the journal's Redis is gone, as after a disk that died. */
async function wipeJournal(): Promise<void> {
  const settlement = market.running('settlement-1')
  for (const name of ['engine-1', 'gateway-1', 'journal-redis']) await market.kill(name)
  rmSync(join(market.dataDir, 'journal'), { recursive: true })
  await market.start('journal-redis')
  expect((await settlement.exited).code).toBe(2)
  expect(settlement.lastLines().join('\n')).toContain('rebuild-journal.js')
}

const rebuild = () => runProgram('rebuild-journal.js', market)

/** As the restarted gateway tells them. */
async function bidsAndCash() {
  const http = new HttpClient({ baseUrl: market.baseUrl, token: investor.token })
  const { availableMinor, heldMinor } = await http.ask('GET /v1/cash')
  const { bids } = await http.ask('GET /v1/bids', { query: { limit: 200 } })
  return { bids, availableMinor, heldMinor }
}

/** All roles, the engine first: it waits until the journal is whole. */
async function startRoles(env: NodeJS.ProcessEnv = {}): Promise<void> {
  await Promise.all([
    market.start('engine-1', env),
    market.start('settlement-1'),
    market.start('gateway-1'),
  ])
}

/** The same key gets the answer of long ago, and new bids take the next numbers. */
async function expectGoesOn(before: Awaited<ReturnType<typeof bidsAndCash>>): Promise<void> {
  expect(await bidsAndCash()).toEqual(before)
  expect(await placeBid(key)).toBe(bidId)
  expect(await bidsAndCash()).toEqual(before)
  const newest = Math.max(...before.bids.map((bid) => bid.bidId))
  expect(await placeBid()).toBe(newest + 1)
  expect(await faultsOf(postgres)).toEqual([])
}

test('an empty journal is not taken for a new market', async () => {
  await wipeJournal()
  const refused = /journal .* is empty.*rebuild-journal\.js/
  await expect(market.start('gateway-1')).rejects.toThrow(refused)
  await expect(market.start('settlement-1')).rejects.toThrow(refused)
  const engine = market.start('engine-1').then(
    () => 'ready',
    () => 'ended',
  )
  expect(await Promise.race([engine, wait(1_500, 'waiting')])).toBe('waiting')
  expect(await rebuild()).toMatchObject({ code: 0 })
  expect(await engine).toBe('ready')
  await Promise.all([market.start('settlement-1'), market.start('gateway-1')])
  expect(await placeBid(key)).toBe(bidId)
})

test('the journal is rebuilt from the record, and the market goes on where it was', async () => {
  for (let bid = 0; bid < 150; bid++) await placeBid()
  const before = await bidsAndCash()
  await wipeJournal()

  // What was changed in the record is found, half-way; put right, it goes on from there.
  const bend = (by: number) =>
    postgres.pool.query('update settlement_journal set batch = batch + $1 where sequence = 130', [
      by,
    ])
  await bend(1)
  const broken = await rebuild()
  expect(broken.code).toBe(1)
  expect(broken.said).toMatch(/^the record is not whole: .*sequence 130.*\n$/)
  await expect(market.start('gateway-1')).rejects.toThrow('rebuild-journal.js')
  await bend(-1)
  const rebuilt = await rebuild()
  expect(rebuilt.said).toContain('"from":101')
  expect(rebuilt.code).toBe(0)
  const again = await rebuild()
  expect(again.code).toBe(2)
  expect(again.said).toMatch(/^the journal .* is not empty.*\n$/)

  await startRoles({ SNAPSHOT_EVERY_ENTRIES: '20' })
  await expectGoesOn(before)
})

test('with a snapshot in the archive only what came after it is rebuilt', async () => {
  const archived = async () => {
    const { rows } = await postgres.pool.query<{ newest: number | null }>(
      'select max(sequence) as newest from engine_snapshot',
    )
    return rows[0]?.newest ?? 0
  }
  while ((await archived()) === 0) await placeBid()
  for (let bid = 0; bid < 5; bid++) await placeBid()
  const before = await bidsAndCash()
  await wipeJournal()
  const { said, code } = await rebuild()
  expect(code).toBe(0)
  expect(said).toContain(`"from":${await archived()}`)
  await startRoles()
  await expectGoesOn(before)
})

test('a journal that was put back to an earlier state is refused, at once and at the next start', async () => {
  const folder = join(market.dataDir, 'journal')
  const roles = ['engine-1', 'settlement-1', 'gateway-1']
  cpSync(folder, `${folder}-earlier`, { recursive: true })
  for (let bid = 0; bid < 5; bid++) await placeBid()
  const ended = roles.map((name) => market.running(name).exited)
  await market.kill('journal-redis')
  renameSync(folder, `${folder}-later`)
  renameSync(`${folder}-earlier`, folder)
  await market.start('journal-redis')
  for (const { code } of await Promise.all(ended)) expect(code).toBe(2)
  const refused = /does not hold what is recorded.*rebuild-journal\.js/
  await expect(market.start('gateway-1')).rejects.toThrow(refused)
  await expect(market.start('settlement-1')).rejects.toThrow(refused)

  await market.kill('journal-redis')
  rmSync(folder, { recursive: true })
  renameSync(`${folder}-later`, folder)
  await market.start('journal-redis')
  await startRoles()
  await expectGoesOn(await bidsAndCash())
})

interface Poison {
  readonly id: string
  readonly fields: readonly (string | Buffer)[]
  /** What engines say of the entry. */
  readonly said: string
}

const POISONS: readonly (readonly [what: string, poison: () => Poison])[] = [
  [
    'an entry out of time',
    () => ({
      id: `${Date.now() + 3_600_000}-0`,
      fields: ['s', 'clock', 'b', '1', 'd', encodeCommandBody([], atMs(Date.now()))],
      said: 'is stamped',
    }),
  ],
  [
    'garbage that somebody has written',
    () => ({ id: '*', fields: ['hello', 'world'], said: 'of the commands cannot be read' }),
  ],
]

test.each(POISONS)(
  '%s halts the market, everyone says so, and the record is the way out',
  async (_what, poison) => {
    const before = await bidsAndCash()
    const engine = market.running('engine-1')
    const journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
    const { id: asId, fields, said } = poison()
    const id = String(await journal.call('XADD', journal.keys.commands, asId, ...fields))
    await journal.close()
    expect((await engine.exited).code).toBe(2)
    expect(engine.lastLines().join('\n')).toContain(`entry ${id} ${said}`)
    await expect(market.start('engine-1')).rejects.toThrow(`entry ${id} ${said}`)
    const unready = async (name: string) => {
      const { opsPort } = market.running(name).said ?? {}
      const answer = await fetch(`http://127.0.0.1:${opsPort}/readyz`)
      return [answer.status, (await answer.text()).includes(id)]
    }
    await expect.poll(() => unready('settlement-1'), { timeout: 10_000 }).toEqual([503, true])
    await expect
      .poll(async () => (await fetch(`${market.baseUrl}/readyz`)).text(), { timeout: 10_000 })
      .toContain(id)
    const unheard = investor.client.nextKey()
    const bid = { listingId, ...BID, key: unheard }
    const unavailable = expect.objectContaining({
      code: expect.stringMatching(/^(journal-unavailable|busy)$/),
    })
    await expect(investor.client.placeBid(bid, { isRetried: false })).rejects.toEqual(unavailable)

    for (const name of ['gateway-1', 'settlement-1', 'journal-redis']) await market.kill(name)
    rmSync(join(market.dataDir, 'journal'), { recursive: true })
    await market.start('journal-redis')
    expect(await rebuild()).toMatchObject({ code: 0 })
    await startRoles()
    await expectGoesOn(before)
    const newest = (await bidsAndCash()).bids.map((one) => one.bidId)
    expect(await placeBid(unheard)).toBe(Math.max(...newest) + 1)
  },
)

test('data of a build before there were identities are adopted once', async () => {
  const roles = ['gateway-1', 'settlement-1', 'engine-1']
  for (const name of roles) await market.kill(name)
  const journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
  await journal.call('DEL', journal.keys.identity)
  // Once it has carried one, it is not adopted again.
  await expect(market.start('settlement-1')).rejects.toThrow('has entries but no identity')
  await postgres.pool.query('update market_identity set carried_at = null')
  await startRoles()
  await expectGoesOn(await bidsAndCash())

  const stranger = 'e3b0c442-98fc-4c14-9afb-f4c8996fb924'
  for (const name of roles) await market.kill(name)
  await journal.call('SET', journal.keys.identity, stranger)
  for (const name of ['settlement-1', 'gateway-1'])
    await expect(market.start(name)).rejects.toThrow(`carries the identity ${stranger}`)
  await journal.close()
})

test('without its snapshot a journal that was trimmed has no beginning, and none is made up', async () => {
  const journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
  for (const head of await listSnapshots(journal)) await dropSnapshot(journal, head)
  await journal.close()
  await expect(market.start('engine-1')).rejects.toThrow(/no snapshot .*rebuild-journal\.js/)
})
