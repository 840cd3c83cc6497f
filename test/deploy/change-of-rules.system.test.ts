/** A build comes that carries out commands by other rules: engines of the two never speak in one journal, and
 *  the market changes over at one entry, while people go on bidding. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectPostgres } from '../../engine/host/index.ts'
import type { Postgres } from '../../engine/host/index.ts'
import { asMutant } from '../chaos/mutation.ts'
import { faultsOf } from '../workers/ledger-fixture.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { runProgram } from './program.ts'

/** The least bid may be no more than half of a listing. */
const NEW_BUILD = asMutant(
  {
    module: 'engine/rules.js',
    from: 'const RULES_VERSION = 3;',
    to: 'const RULES_VERSION = 4;',
  },
  {
    module: 'engine/market/open-listing.js',
    from: 'misfitOf(command, bidsMax) !== null',
    to: 'misfitOf(command, bidsMax) !== null || command.minBidMinor * 2 > command.amountMinor',
  },
)
const OTHER_RULES = /the journal .* is kept by the rules .*, this build's are .*adopt-rules\.js/

let market: TestMarket
let postgres: Postgres
let investor: Person
let listingId: number

beforeAll(async () => {
  market = await startMarket({ workers: 0 })
  postgres = await connectPostgres({ url: market.databaseUrl, max: 1 })
  investor = await market.newInvestor({ depositMinor: 100_000_000 })
  listingId = await market.openListing({ amountMinor: 25_000_000 })
})
afterAll(async () => {
  await postgres.close()
  await market.stop()
})

type Key = ReturnType<Person['client']['nextKey']>

async function placeBid(key: Key): Promise<number> {
  const bid = { listingId, amountMinor: 10_000, ratePpm: 100_000, key }
  return (await investor.client.placeBid(bid, { ack: 'settled' })).answer.bidId
}

const adopt = () => runProgram('adopt-rules.js', market, NEW_BUILD)
const listingOfOneBid = () =>
  market
    .openListing({ amountMinor: 1_000_000, minBidMinor: 600_000 })
    .catch((error: unknown) => (error instanceof Error && 'code' in error ? error.code : error))

test('the market changes over at one entry, and nobody loses a bid', async () => {
  const [before, meanwhile] = [investor.client.nextKey(), investor.client.nextKey()]
  const bidId = await placeBid(before)
  expect(await listingOfOneBid()).toBeTypeOf('number')
  const tooEarly = await adopt()
  expect(tooEarly.code).toBe(2)
  expect(tooEarly.said).toMatch(/^the answers end at entry .* stop all engines with SIGTERM.*\n$/)

  await market.kill('engine-1', 'SIGTERM')
  await expect(market.start('engine-1', NEW_BUILD)).rejects.toThrow(OTHER_RULES)
  // Its caller may give up waiting, and asks again under the same key.
  const waiting = placeBid(meanwhile).catch(() => null)
  expect(await adopt()).toMatchObject({ code: 0 })
  expect(await adopt()).toMatchObject({ code: 0 })
  await expect(market.start('engine-1')).rejects.toThrow(OTHER_RULES)
  await market.start('engine-1', NEW_BUILD)

  await waiting
  expect(await placeBid(before)).toBe(bidId)
  expect(await placeBid(meanwhile)).toBe(bidId + 1)
  expect(await listingOfOneBid()).toBe('listing-terms-invalid')
  for (const name of ['gateway-1', 'settlement-1']) await market.restart(name, 'SIGTERM')
  expect(await placeBid(investor.client.nextKey())).toBe(bidId + 2)
  expect(await faultsOf(postgres)).toEqual([])
})

test('a journal that is rebuilt is kept by the rules it was kept by', async () => {
  const bidId = await placeBid(investor.client.nextKey())
  const names = ['engine-1', 'gateway-1', 'settlement-1', 'journal-redis']
  for (const name of names) await market.kill(name)
  rmSync(join(market.dataDir, 'journal'), { recursive: true })
  await market.start('journal-redis')
  expect(await runProgram('rebuild-journal.js', market)).toMatchObject({ code: 0 })
  await expect(market.start('engine-1')).rejects.toThrow(OTHER_RULES)
  await Promise.all([
    market.start('engine-1', NEW_BUILD),
    market.start('settlement-1'),
    market.start('gateway-1'),
  ])
  expect(await placeBid(investor.client.nextKey())).toBe(bidId + 1)
  expect(await listingOfOneBid()).toBe('listing-terms-invalid')
})
