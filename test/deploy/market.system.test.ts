import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bidId, listingId, minor, ratePpm } from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { TestMarket } from '../harness/market.ts'

let market: TestMarket

beforeAll(async () => {
  market = await startMarket({ engines: 2 })
})
afterAll(() => market.stop())

test('a bid goes the whole way to the ledger, whichever engine was killed before', async () => {
  const id = listingId(await market.openListing())
  const { client, http } = await market.newInvestor({ depositMinor: 100_000 })
  for (const engine of ['engine-1', 'engine-2']) {
    await market.kill(engine)
    const bid = { listingId: id, amountMinor: minor(5_000), ratePpm: ratePpm(120_000) }
    const { answer, stage } = await client.placeBid(bid, { ack: 'settled' })
    expect(stage).toBe('settled')
    expect(answer.kind).toBe('BidPlaced')
    await market.start(engine)
  }
  expect(await http.ask('GET /v1/cash')).toMatchObject({
    availableMinor: 90_000,
    heldMinor: 10_000,
  })
  const { bids } = await http.ask('GET /v1/bids')
  expect(bids.map(({ bidId: given }) => given)).toEqual([bidId(2), bidId(1)])
})

test('two markets side by side do not see each other, and a stopped one leaves nothing', async () => {
  const other = await startMarket()
  const { pid } = other.running('gateway-1')
  const { listings } = await (await other.newInvestor()).http.ask('GET /v1/listings')
  expect(listings).toEqual([])
  await other.stop()
  expect(existsSync(other.dataDir)).toBe(false)
  expect(existsSync(`/proc/${pid}`)).toBe(false)
})
