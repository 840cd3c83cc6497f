/** As many open listings as a market may have, and readers who take them slowly or not at all. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CommandWriter, connectJournal } from '../../engine/journal/index.ts'
import {
  accountId,
  COMMANDS_PER_ENTRY_MAX,
  keyFrom,
  LISTINGS_OPEN_MAX,
  minor,
  PLAIN_LISTING,
  ratePpm,
  SNAPSHOT_PART_ROWS_MAX,
  SNAPSHOT_STALLED_MS_MAX,
} from '../../schema/index.ts'
import type { ChannelFrame, ChannelShapes, Command } from '../../schema/index.ts'
import { MarketPicture } from './market-picture.ts'
import { startMarket } from '../harness/market.ts'
import type { TestMarket } from '../harness/market.ts'
import { gauge } from './gauges.ts'
import { RawSocket } from './raw-socket.ts'

/** One is opened through the gateway, as every listing usually is. */
const LISTINGS = LISTINGS_OPEN_MAX - 1
const PARTS = Math.ceil(LISTINGS_OPEN_MAX / SNAPSHOT_PART_ROWS_MAX)
const READ_EVERY_MS = 25
/** A snapshot is shared by all who ask within seconds, so asking more often tells nothing new. */
const ASK_EVERY_MS = 2_000
const PATIENCE = { timeout: 60_000, interval: 50 }

let market: TestMarket
let listingId: number
beforeAll(async () => {
  market = await startMarket()
  listingId = await market.openListing()
  await openListings(LISTINGS)
}, 120_000)
afterAll(() => market.stop())

test('a market may hold as many listings as its limit says', async () => {
  const raw = await RawSocket.open(market.wsUrl, 'lendbook.v1.json')
  const partsNow = async (): Promise<number> => {
    const { length } = snapshots(raw)
    // From nowhere that is known: a snapshot, though the channel is followed already. It has a price, and who
    // asks before that is earned again is told so and sent none.
    const { ok } = await raw.ask(1, subscription('market', { since: 0, epoch: 0 }))
    if (!ok) return 0
    await expect.poll(() => snapshots(raw).length, PATIENCE).toBeGreaterThan(length)
    return snapshots(raw).at(-1)?.parts ?? 1
  }
  await expect.poll(partsNow, { ...PATIENCE, interval: ASK_EVERY_MS }).toBe(PARTS)
  raw.cut()
})

test('a reader on a slow line gets all of a full market and goes on live', async () => {
  const raw = await RawSocket.open(market.wsUrl, 'lendbook.v1.json')
  raw.readSlowly(READ_EVERY_MS)
  const conflated = await gauge(market, 'lendbook_gateway_conflated_total')
  await raw.sendFrame(subscription('market'))
  await expect.poll(() => snapshots(raw).length, PATIENCE).toBeGreaterThan(PARTS / 4)
  const bidder = await market.newInvestor({ depositMinor: 1_000_000 })
  await bidder.client.placeBid({ listingId, amountMinor: 2_500, ratePpm: 120_000 })
  await expect.poll(() => snapshots(raw).length, PATIENCE).toBe(PARTS)
  const numbers = snapshots(raw).map(({ part, parts }) => `${part}/${parts}`)
  expect(numbers).toEqual(Array.from({ length: PARTS }, (_, place) => `${place + 1}/${PARTS}`))

  const picture = new MarketPicture()
  const rows = snapshots(raw).flatMap((frame) => (frame.d as MarketSnapshot).listings)
  picture.onSnapshot({ listings: rows })
  expect(picture.listings.size).toBe(LISTINGS_OPEN_MAX)
  await expect.poll(() => fundedMinor(raw, picture), PATIENCE).toBe(2_500)
  expect(raw.closeCode).toBeNull()
  expect(await gauge(market, 'lendbook_gateway_conflated_total')).toBe(conflated)
  raw.cut()
}, 120_000)

test('who offers compression gets a full market in a small part of the bytes', async () => {
  const bytes: number[] = []
  for (const isOffered of [false, true]) {
    const raw = await RawSocket.open(market.wsUrl, 'lendbook.v1.json', undefined, isOffered)
    await raw.sendFrame(subscription('market'))
    await expect.poll(() => snapshots(raw).length, PATIENCE).toBe(PARTS)
    bytes.push(raw.bytesRead)
    raw.cut()
  }
  const [plain = 0, compressed = 0] = bytes
  process.stdout.write(`a full market: ${plain} bytes, compressed ${compressed}\n`)
  expect(compressed * 8).toBeLessThan(plain)
})

test('the client of programs is told a full market as one snapshot', async () => {
  const { client } = await market.newInvestor()
  const picture = new MarketPicture()
  let snapshotCount = 0
  client.subscribe('market', {
    onSnapshot: (data) => {
      snapshotCount++
      picture.onSnapshot(data)
    },
    onDelta: (data) => picture.onDelta(data),
  })
  await expect.poll(() => picture.listings.size, PATIENCE).toBe(LISTINGS_OPEN_MAX)
  expect(snapshotCount).toBe(1)
})

test('a reader that takes nothing of it is closed, and costs one part of memory until then', async () => {
  const deaf = await RawSocket.open(market.wsUrl, 'lendbook.v1.json')
  deaf.stopReading()
  await deaf.sendFrame(subscription('market'))
  await expect
    .poll(() => gauge(market, 'lendbook_gateway_buffered_bytes'), PATIENCE)
    .toBeGreaterThan(0)
  expect(await gauge(market, 'lendbook_gateway_buffered_bytes')).toBeLessThan(1_000_000)
  await expect
    .poll(() => gauge(market, 'lendbook_gateway_buffered_bytes'), {
      timeout: 3 * SNAPSHOT_STALLED_MS_MAX,
      interval: 200,
    })
    .toBe(0)
  deaf.readOn()
  expect(await deaf.untilClosed()).toBe(4008)
}, 60_000)

type MarketSnapshot = ChannelShapes['market']['snapshot']

function subscription(channel: string, more: object = {}): unknown {
  return { id: 1, op: 'subscribe', p: { channels: [{ channel, ...more }] } }
}

function snapshots(raw: RawSocket): readonly ChannelFrame[] {
  return raw.frames.filter((frame): frame is ChannelFrame => frame.t === 'snapshot')
}

/** What the bid's listing shows once every delta was applied that came after the snapshot, in order. */
function fundedMinor(raw: RawSocket, picture: MarketPicture): number | undefined {
  let seq = snapshots(raw)[0]?.seq
  for (const frame of raw.frames) {
    if (frame.t !== 'delta') continue
    expect(frame.prev).toBe(seq)
    ;({ seq } = frame)
    picture.onDelta(frame.d as ChannelShapes['market']['delta'])
  }
  return picture.listings.get(listingId)?.fundedMinor
}

/** Straight into the journal: no operator opens so many in a minute. */
async function openListings(count: number): Promise<void> {
  const journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
  const writer = new CommandWriter(journal)
  for (let left = count; left > 0; left -= COMMANDS_PER_ENTRY_MAX) {
    const length = Math.min(left, COMMANDS_PER_ENTRY_MAX)
    await writer.append(Array.from({ length }, (_, place) => opening(place)))
  }
  await journal.close()
}

function opening(place: number): Command {
  return {
    kind: 'OpenListing',
    key: keyFrom(Date.now(), randomBytes(10)),
    accountId: accountId(1_000_000 + place),
    deadlineMs: 0,
    mode: 'fixed-rate',
    amountMinor: minor(1_000_000),
    ratePpm: ratePpm(120_000),
    termMonths: 36,
    minBidMinor: minor(2_500),
    openMs: 60 * 60_000,
    grade: 'B',
    purpose: 'debt_consolidation',
    ...PLAIN_LISTING,
  }
}
