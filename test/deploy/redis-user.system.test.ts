/** All that a market does with its two Redis servers in the course of time, each program as its own user:
 *  nothing of it is refused. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectJournal, listSnapshots, oldestEntries } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { asMutant } from '../chaos/mutation.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { runProgram } from './program.ts'

const OTHER_RULES = asMutant({
  module: 'engine/rules.js',
  from: 'const RULES_VERSION = 3;',
  to: 'const RULES_VERSION = 4;',
})

let market: TestMarket
let journal: Journal
let investor: Person
let listingId: number

beforeAll(async () => {
  market = await startMarket({ env: { SNAPSHOT_EVERY_ENTRIES: '5' } })
  journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
  investor = await market.newInvestor({ depositMinor: 100_000_000 })
  listingId = await market.openListing({ amountMinor: 25_000_000 })
})
afterAll(async () => {
  await journal.close()
  await market.stop()
})

async function placeBid(): Promise<number> {
  const bid = { listingId, amountMinor: 5_000, ratePpm: 90_000 }
  return (await investor.client.placeBid(bid, { ack: 'settled' })).answer.bidId
}

/** What either server has refused anybody since it was started. */
async function refusals(): Promise<unknown[]> {
  const found: unknown[] = []
  for (const url of [market.journalUrl, market.queueUrl]) {
    const redis = new Redis(url)
    found.push(...((await redis.call('ACL', 'LOG')) as unknown[]))
    await redis.quit()
  }
  return found
}

async function bidUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`still not so: ${what}`)
    await placeBid()
  }
}

const startRoles = (env: NodeJS.ProcessEnv = {}) =>
  Promise.all([
    market.start('engine-1', env),
    market.start('settlement-1'),
    market.start('gateway-1'),
  ])

test('what a script wrote in several steps is there after the end of Redis', async () => {
  const write = `redis.call('SET', KEYS[1], '1') redis.call('SET', KEYS[2], '2') return 'written'`
  const keys = ['{trial}:one', '{trial}:two']
  expect(String(await journal.call('EVAL', write, 2, ...keys))).toBe('written')
  await market.kill('journal-redis')
  await market.start('journal-redis')
  const read = () => journal.persist('reading', () => journal.call('MGET', ...keys))
  expect(String(await read())).toBe('1,2')
})

test('snapshots are published and let go, found sound and marked, and both streams are trimmed', async () => {
  const seen = new Set<string>()
  const [first] = await oldestEntries(journal)
  await bidUntil('snapshots come and go', async () => {
    for (const { key } of await listSnapshots(journal)) seen.add(key)
    return seen.size > (await listSnapshots(journal)).length + 1
  })
  await bidUntil('one is marked', async () =>
    (await listSnapshots(journal)).some(({ isSound }) => isSound === true),
  )
  await bidUntil('both streams begin later', async () =>
    (await oldestEntries(journal)).every((id) => id !== first),
  )
  expect(await refusals()).toEqual([])
})

test('a journal that was lost is restored by the admin, and every role goes on with it', async () => {
  for (const name of ['engine-1', 'gateway-1', 'settlement-1', 'journal-redis'])
    await market.kill(name)
  rmSync(join(market.dataDir, 'journal'), { recursive: true })
  await market.start('journal-redis')
  const asSettlement = { ...market, journalUrl: market.journalAs('settlement') }
  const refused = await runProgram('rebuild-journal.js', asSettlement)
  expect(refused).toMatchObject({ code: 2 })
  expect(refused.said).toMatch(
    /^the journal Redis at .*settlement.* refuses its user: NOPERM .*Who may do what.*\n$/,
  )
  await forgetRefusals()
  expect(await runProgram('rebuild-journal.js', market)).toMatchObject({ code: 0 })
  await startRoles()
  await placeBid()
  expect(await refusals()).toEqual([])
})

test('the admin adopts other rules, and the roles go on by them', async () => {
  await placeBid()
  await market.kill('engine-1', 'SIGTERM')
  expect(await runProgram('adopt-rules.js', market, OTHER_RULES)).toMatchObject({ code: 0 })
  await market.start('engine-1', OTHER_RULES)
  await placeBid()
  expect(await refusals()).toEqual([])
})

/** Those that were tried on purpose. */
async function forgetRefusals(): Promise<void> {
  const redis = new Redis(market.journalUrl)
  await redis.call('ACL', 'LOG', 'RESET')
  await redis.quit()
}
