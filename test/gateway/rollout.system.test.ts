/** While roles of the former build may still run, nothing is written that they cannot read. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Unpackr } from 'msgpackr'
import { connectJournal, loadNewestSnapshot } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { KeyMaker } from '../../gateway/client/node.ts'
import type { Key } from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'

let market: TestMarket
let journal: Journal
let investor: Person
let listingId: number
const keyMaker = new KeyMaker(() => Date.now())
const FORMER = { SCHEMA_WRITTEN: '3', SNAPSHOT_EVERY_ENTRIES: '1', SNAPSHOT_EVERY_MS: '100' }

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
  expect(versions).toEqual([[3], [3]])
})

test('a snapshot is one that it can load', async () => {
  const sections = async () => {
    const chunks = (await loadNewestSnapshot(journal, (read) => read)) ?? []
    return Object.fromEntries(chunks.map(({ section, rows }) => [section, rows[0] ?? []]))
  }
  await expect.poll(sections, { timeout: 20_000 }).toHaveProperty('bids')
  const { meta, bids } = await sections()
  expect([meta?.[0], bids?.length]).toEqual([3, 8])
})

test('bids have their keys from the first entry of an engine that was restarted without it', async () => {
  const keyOf = async (key: Key) => {
    await investor.client.placeBid({ ...bid(), key }, { ack: 'settled' })
    const { bids } = await investor.http.ask('GET /v1/bids', { query: { limit: 1 } })
    return bids[0]?.key
  }
  expect(await keyOf(keyMaker.next())).toBeNull()
  await market.kill('gateway-1', 'SIGTERM')
  await market.start('gateway-1', { SCHEMA_WRITTEN: '4' })
  // The engine goes on writing what the former build reads, and is the last to be restarted.
  expect(await keyOf(keyMaker.next())).toBeNull()
  await market.kill('engine-1', 'SIGTERM')
  await market.start('engine-1', { SCHEMA_WRITTEN: '4' })
  const key = keyMaker.next()
  expect(await keyOf(key)).toBe(key)
})

/** The versions of the schema by which the bodies of a stream are written. */
async function versionsIn(key: string): Promise<readonly number[]> {
  const unpackr = new Unpackr({ useRecords: false })
  const versions = (await fieldsOf(key, 'd')).map((body) => (unpackr.unpack(body) as [number])[0])
  return [...new Set(versions)]
}

/** One field of every entry of a stream. */
async function fieldsOf(key: string, name: string): Promise<readonly Buffer[]> {
  const entries = (await journal.call('XRANGE', key, '-', '+')) as [Buffer, Buffer[]][]
  return entries.map(([, fields]) => {
    const place = fields.findIndex((field, at) => at % 2 === 0 && field.toString() === name)
    return fields[place + 1] ?? Buffer.alloc(0)
  })
}
