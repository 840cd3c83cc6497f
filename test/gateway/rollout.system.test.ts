/** While roles of the former build may still run, nothing is written that they cannot read. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Unpackr } from 'msgpackr'
import { connectJournal, loadNewestSnapshot } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { KeyMaker } from '../../gateway/client/node.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'

let market: TestMarket
let journal: Journal
let investor: Person
let listingId: number
const keyMaker = new KeyMaker(() => Date.now())
const FORMER = { SCHEMA_WRITTEN: '1', SNAPSHOT_EVERY_ENTRIES: '1', SNAPSHOT_EVERY_MS: '100' }

beforeAll(async () => {
  market = await startMarket({ envOf: { gateway: FORMER, engine: FORMER } })
  journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
  investor = await market.newInvestor({ depositMinor: 1_000_000 })
  listingId = await market.openListing()
})
afterAll(async () => {
  await journal.close()
  await market.stop()
})

const bid = () => ({ key: keyMaker.next(), listingId, amountMinor: 10_000, ratePpm: 100_000 })

test('what the former build knows goes its whole way, in its words', async () => {
  const { stage } = await investor.client.placeBid(bid(), { ack: 'settled' })
  expect(stage).toBe('settled')
  const versions = await Promise.all([journal.keys.commands, journal.keys.events].map(versionsIn))
  expect(versions).toEqual([[1], [1]])
})

test('a snapshot is one that it can load', async () => {
  const rowsOfEach = async () => {
    const chunks = (await loadNewestSnapshot(journal, (read) => read)) ?? []
    return Object.fromEntries(chunks.map(({ section, rows }) => [section, rows[0] ?? []]))
  }
  await expect.poll(rowsOfEach, { timeout: 20_000 }).toHaveProperty('bids')
  const { meta, accounts, bids, keys } = await rowsOfEach()
  expect(meta?.[0]).toBe(1)
  expect([accounts?.length, bids?.length, keys?.length]).toEqual([4, 7, 11])
})

test('what it has no words for is refused, alone and in a batch, and changes nothing', async () => {
  const { answer } = await investor.client.placeBid(bid())
  const { bidId } = answer
  const amendment = { key: keyMaker.next(), bidId, amountMinor: 5_000, ratePpm: 100_000 }
  const once = { isRetried: false }
  const refused = expect.objectContaining({ code: 'rollout-under-way' })
  await expect(investor.client.amendBid(amendment, once)).rejects.toEqual(refused)
  const batch = investor.client.batch([bid(), amendment], once)
  await expect(batch).rejects.toEqual(refused)
  const operator = await market.openOperator()
  const { listing } = await investor.http.ask('GET /v1/listings/{listingId}', {
    path: { listingId },
  })
  const { borrowerId } = listing
  await expect(operator.client.withdrawListing({ borrowerId, listingId }, once)).rejects.toEqual(
    refused,
  )
  const { bids } = await investor.http.ask('GET /v1/bids')
  expect(bids.map(({ amountMinor }) => amountMinor)).not.toContain(5_000)
})

/** The versions of the schema by which the bodies of a stream are written. */
async function versionsIn(key: string): Promise<readonly number[]> {
  const entries = (await journal.call('XRANGE', key, '-', '+')) as [Buffer, Buffer[]][]
  const unpackr = new Unpackr({ useRecords: false })
  const bodies = entries.map(([, fields]) => fields.at(-1) ?? Buffer.alloc(0))
  return [...new Set(bodies.map((body) => (unpackr.unpack(body) as [number])[0]))]
}
