/** While roles of the former build may still run, nothing is written that they cannot read. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Unpackr } from 'msgpackr'
import { connectJournal } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { KeyMaker, RequestRefused } from '../../gateway/client/node.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'

let market: TestMarket
let journal: Journal
let investor: Person
let listingId: number
const keyMaker = new KeyMaker(() => Date.now())
const FORMER = { SCHEMA_WRITTEN: '4' }

// The engine comes last: its rules need the words of this version for what they bring about.
beforeAll(async () => {
  market = await startMarket({ envOf: { gateway: FORMER } })
  journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
  investor = await market.newInvestor({ depositMinor: 1_000_000 })
  listingId = await market.openListing()
})
afterAll(async () => {
  await journal.close()
  await market.stop()
})

const bid = () => ({ key: keyMaker.next(), listingId, amountMinor: 10_000, ratePpm: 100_000 })

test('what the former build knows is asked in its words, and goes its whole way', async () => {
  const { stage } = await investor.client.placeBid(bid(), { ack: 'settled' })
  expect(stage).toBe('settled')
  const versions = await Promise.all([journal.keys.commands, journal.keys.events].map(versionsIn))
  expect(versions).toEqual([[4], [5]])
})

test('what it has no words for is refused with why, and taken once the gateway writes this version', async () => {
  const special = { ...bid(), minFillMinor: 5_000 }
  const refusal = await investor.client
    .placeBid(special, { isRetried: false })
    .catch((error: unknown) => error)
  expect((refusal as RequestRefused).code).toBe('rollout-under-way')
  await market.kill('gateway-1', 'SIGTERM')
  await market.start('gateway-1', { SCHEMA_WRITTEN: '5' })
  const { answer } = await investor.client.placeBid(special, { ack: 'settled' })
  expect(answer).toMatchObject({ acceptedMinor: 10_000, minFillMinor: 5_000 })
  expect(await versionsIn(journal.keys.commands)).toEqual([4, 5])
})

test('an engine that is to write a former version says in one line that its rules need more', async () => {
  await market.kill('engine-1', 'SIGTERM')
  const why = /SCHEMA_WRITTEN.*the rules of this build need schema version 5/s
  await expect(market.start('engine-1', FORMER)).rejects.toThrow(why)
  await market.start('engine-1', { SCHEMA_WRITTEN: '5' })
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
