/** Everything a stranger or a broken program can send: each gets its code or its close code, the market
 *  goes on, and nothing is left behind. */
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { KeyMaker } from '../../gateway/client/node.ts'
import {
  AMOUNT_MINOR_MAX,
  BATCH_COMMANDS_MAX,
  CHANNELS_PER_CONNECTION_MAX,
  MALFORMED_FRAMES_MAX,
  MESSAGE_BYTES_MAX,
  SUBPROTOCOLS,
} from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { gauge } from './gauges.ts'
import { RawSocket, refusalOf } from './raw-socket.ts'

let market: TestMarket
let investor: Person
let stranger: Person
let listingId: number
let raw: RawSocket
const keys = new KeyMaker(() => Date.now())
const AN_HOUR_MS = 3_600_000

beforeAll(async () => {
  market = await startMarket({
    env: { RATE_QUERIES_PER_SECOND: '100000', RATE_BIDS_PER_SECOND: '100000' },
  })
  investor = await market.newInvestor({ depositMinor: 100_000_000 })
  stranger = await market.newInvestor({ depositMinor: 100_000_000 })
  listingId = await market.openListing({ amountMinor: 25_000_000 })
})
afterAll(() => market.stop())

beforeEach(async () => {
  raw = await RawSocket.open(market.wsUrl, 'lendbook.v1.json', investor.token)
  return () => raw.cut()
})

const bid = (more: object = {}): object => ({
  key: keys.next(),
  listingId,
  amountMinor: 10_000,
  ratePpm: 100_000,
  ...more,
})

test.each([
  ['a fractional amount', { amountMinor: 0.5 }, 'field-invalid amountMinor'],
  ['a negative amount', { amountMinor: -1 }, 'field-invalid amountMinor'],
  ['nothing', { amountMinor: 0 }, 'field-invalid amountMinor'],
  ['a huge amount', { amountMinor: AMOUNT_MINOR_MAX + 1 }, 'field-invalid amountMinor'],
  ['an amount beyond whole numbers', { amountMinor: 2 ** 60 }, 'field-invalid amountMinor'],
  ['an amount as text', { amountMinor: '10000' }, 'field-invalid amountMinor'],
  ['a negative rate', { ratePpm: -1 }, 'field-invalid ratePpm'],
  ['an unknown field', { amount: 1 }, 'field-invalid amount'],
  ['no key', { key: undefined }, 'field-invalid key'],
  ['a key that is no UUIDv7', { key: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' }, 'field-invalid key'],
  ['a key in capitals', { key: '018BCFE5-6800-7000-9441-E0FD9BCE1632' }, 'field-invalid key'],
  ['a key of the future', { key: new KeyMaker(() => Date.now() + AN_HOUR_MS).next() }, 'key-ahead'],
  ['an unknown listing', { listingId: 999_999 }, 'listing-unknown'],
  ['more than one has', { amountMinor: 40_000_000_000 }, 'insufficient-funds'],
  ['a rate above the ceiling', { ratePpm: 120_001 }, 'rate-above-ceiling'],
  ['less than the minimum', { amountMinor: 1 }, 'bid-below-minimum'],
  ['a deadline that has passed', { deadlineMs: 1 }, 'deadline-passed'],
])('a bid with %s is refused', async (_, more, refusal) => {
  if (refusal === 'insufficient-funds') {
    const big = await market.openListing({ amountMinor: 90_000_000_000 })
    more = { ...more, listingId: big }
  }
  expect(refusalOf(await raw.ask(1, { id: 1, op: 'bid.place', p: bid(more) }))).toBe(refusal)
})

test.each([
  ['no id', { op: 'ping', p: {} }, -1, 'frame-malformed'],
  ['a negative id', { id: -2, op: 'ping', p: {} }, -1, 'frame-malformed'],
  ['an unknown operation', { id: 1, op: 'bid.steal', p: {} }, 1, 'operation-unknown op'],
  ['an inherited operation', { id: 1, op: 'toString', p: {} }, 1, 'operation-unknown op'],
  ['no operation', { id: 1, p: {} }, 1, 'field-invalid op'],
  ['an unknown field', { id: 1, op: 'ping', p: {}, more: 1 }, 1, 'field-invalid more'],
  ['an unknown stage', { id: 1, op: 'bid.place', p: {}, ack: 'soon' }, 1, 'field-invalid ack'],
  ['parameters of no shape', { id: 1, op: 'bid.place', p: 7 }, 1, 'field-invalid '],
  ['an array', [1, 2, 3], -1, 'frame-malformed'],
  ['an operator’s command', { id: 1, op: 'cash.deposit', p: {} }, 1, 'permission-missing'],
  [
    'an unknown channel',
    { id: 1, op: 'subscribe', p: { channels: [{ channel: 'secrets' }] } },
    1,
    'channel-unknown channels.0.channel',
  ],
  [
    'a listing that is not',
    { id: 1, op: 'subscribe', p: { channels: [{ channel: 'listing:999999' }] } },
    1,
    'listing-unknown channels.0.channel',
  ],
  ['a wrong token', { id: 1, op: 'logon', p: { token: 'nonsense' } }, 1, 'session-expired'],
  [
    'a bid that is not',
    { id: 1, op: 'bid.cancel', p: { key: keys.next(), bidId: 999_999 } },
    1,
    'bid-unknown',
  ],
])('a frame with %s is refused', async (_, frame, id, refusal) => {
  expect(refusalOf(await raw.ask(id, frame)).trim()).toBe(refusal.trim())
})

test('too many channels are refused, one by one or at once', async () => {
  const channels = Array.from({ length: CHANNELS_PER_CONNECTION_MAX + 1 }, () => ({
    channel: 'market',
  }))
  expect(refusalOf(await raw.ask(1, { id: 1, op: 'subscribe', p: { channels } }))).toBe(
    'field-invalid channels',
  )
})

test('a batch that is too long is refused whole, and so is one with a wrong item', async () => {
  const before = await investor.http.ask('GET /v1/cash')
  const items = Array.from({ length: BATCH_COMMANDS_MAX + 1 }, () => bid())
  expect(refusalOf(await raw.ask(1, { id: 1, op: 'bid.batch', p: { items } }))).toBe(
    'batch-too-large items',
  )
  const wrong = [bid(), bid({ ratePpm: 0.1 })]
  expect(refusalOf(await raw.ask(2, { id: 2, op: 'bid.batch', p: { items: wrong } }))).toBe(
    'field-invalid items.1.ratePpm',
  )
  expect(await investor.http.ask('GET /v1/cash')).toMatchObject({ heldMinor: before.heldMinor })
})

test('a key used again gives the same answer; for something else it is refused', async () => {
  const asked = bid()
  const first = await raw.ask(1, { id: 1, op: 'bid.place', p: asked })
  const again = await raw.ask(2, { id: 2, op: 'bid.place', p: asked })
  const reused = await raw.ask(3, { id: 3, op: 'bid.place', p: { ...asked, amountMinor: 20_000 } })
  expect(first).toMatchObject({ ok: true, r: { isRepeated: false } })
  expect(again).toMatchObject({
    ok: true,
    r: { isRepeated: true, answer: (first as { r: { answer: object } }).r.answer },
  })
  expect(refusalOf(reused)).toBe('key-reused')
})

test('nobody can cancel someone else’s bid', async () => {
  const { answer } = await stranger.client.placeBid({ listingId, amountMinor: 10_000, ratePpm: 1 })
  const { bidId } = answer as { bidId: number }
  const reply = await raw.ask(1, { id: 1, op: 'bid.cancel', p: { key: keys.next(), bidId } })
  expect(refusalOf(reply)).toBe('bid-unknown')
  await stranger.client.cancelBid({ bidId })
})

test('without signing in there are only public channels', async () => {
  const anyone = await RawSocket.open(market.wsUrl, 'lendbook.v1.json')
  expect(refusalOf(await anyone.ask(1, { id: 1, op: 'bid.place', p: bid() }))).toBe('not-logged-on')
  const cash = {
    id: 2,
    op: 'subscribe',
    p: { channels: [{ channel: 'market' }, { channel: 'cash' }] },
  }
  expect(refusalOf(await anyone.ask(2, cash))).toBe('not-logged-on channels.1.channel')
  const open = { id: 3, op: 'subscribe', p: { channels: [{ channel: 'market' }] } }
  expect(refusalOf(await anyone.ask(3, open))).toBe('ok')
  anyone.cut()
})

test.each(SUBPROTOCOLS)(
  'bytes that are no frame are refused, and again and again end %s',
  async (subprotocol) => {
    const other = await RawSocket.open(market.wsUrl, subprotocol)
    const nonsense: readonly (string | Uint8Array)[] = [
      '{"id":1',
      '',
      Buffer.from([0xc1]),
      Buffer.from([0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61]),
      Buffer.alloc(10_000, 0x91),
      '['.repeat(100_000),
      Buffer.from([0xff, 0xfe, 0xfd]),
    ]
    for (const bytes of nonsense) {
      const heard = other.frames.length
      await other.send(bytes)
      expect(refusalOf(await other.reply(-1, heard))).toBe('frame-malformed')
    }
    for (let n = nonsense.length; n < MALFORMED_FRAMES_MAX; n++) await other.send('no')
    expect(await other.untilClosed()).toBe(4002)
  },
)

test('a message that is too large is refused; one far too large ends the connection', async () => {
  const items = Array.from({ length: 900 }, () => ({ ...bid(), padding: 'x'.repeat(300) }))
  const frame = JSON.stringify({ id: 1, op: 'bid.batch', p: { items } })
  expect(frame.length).toBeGreaterThan(MESSAGE_BYTES_MAX)
  await raw.send(frame)
  expect(refusalOf(await raw.reply(-1))).toBe('message-too-large')
  await raw.send(' '.repeat(8 * MESSAGE_BYTES_MAX))
  await raw.untilClosed()
})

test.each([['nothing'], ['graphql-ws']])(
  'the WebSocket is refused with subprotocol %s',
  async (offered) => {
    const socket = new WebSocket(market.wsUrl, offered === 'nothing' ? [] : [offered])
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode))
      socket.on('error', () => undefined)
    })
    expect(status).toBe(400)
  },
)

test('a page of another origin gets neither a WebSocket nor an answer', async () => {
  const origin = 'https://evil.example'
  const socket = new WebSocket(market.wsUrl, 'lendbook.v1.json', { headers: { origin } })
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode))
    socket.on('error', () => undefined)
  })
  expect(status).toBe(403)
  expect((await post('/v1/sessions', '{}', { origin })).status).toBe(403)
})

test.each([
  ['/v1/bids', 'not json', 400, 'frame-malformed'],
  ['/v1/bids', '{}', 400, 'field-invalid'],
  ['/v1/bids', '[]', 400, 'field-invalid'],
  ['/v1/bids?ack=never', '{}', 400, 'field-invalid'],
  ['/v1/bids', ' '.repeat(300 * 1024), 413, 'message-too-large'],
  ['/v1/deposits', '{}', 403, 'permission-missing'],
  ['/v1/nowhere', '{}', 404, 'page-unknown'],
  ['/v1/persons', '{"email":"x","password":"y","name":"z"}', 400, 'field-invalid'],
])('POST %s with something wrong is refused', async (path, body, status, code) => {
  const answer = await post(path, body, { authorization: `Bearer ${investor.token}` })
  expect(answer).toMatchObject({ status, body: { error: { code } } })
})

test.each([
  ['/v1/listings?limit=0', 400, 'field-invalid'],
  ['/v1/listings?page=2', 400, 'field-invalid'],
  ['/v1/listings/0', 404, 'listing-unknown'],
  ['/v1/listings/999999', 404, 'listing-unknown'],
  ['/v1/cash', 401, 'not-logged-on'],
  ['/v1/nowhere', 404, 'page-unknown'],
  ['/missing.js', 404, 'page-unknown'],
])('GET %s is refused', async (path, status, code) => {
  const response = await fetch(market.baseUrl + path)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ error: { code } })
})

test('a token that is none is refused, also where none is needed', async () => {
  const headers = { authorization: 'Bearer nonsense' }
  const response = await fetch(`${market.baseUrl}/v1/market`, { headers })
  expect(response.status).toBe(401)
})

test('a request that is given up half way leaves nothing', async () => {
  const url = new URL('/v1/bids', market.baseUrl)
  const half = request(url, { method: 'POST', headers: { 'content-length': '100' } })
  half.on('error', () => undefined)
  half.write('{"key":')
  half.destroy()
  await expect.poll(() => gauge(market, 'lendbook_gateway_waiting_requests_count')).toBe(0)
})

test('a session that ends in the middle of a batch: what was sent is carried out, nobody is left waiting', async () => {
  const someone = await market.newInvestor({ depositMinor: 100_000_000 })
  await someone.client.request('ping', {})
  const before = await gauge(market, 'lendbook_gateway_connections_count')
  const leaving = await RawSocket.open(market.wsUrl, 'lendbook.v1.msgpack', someone.token)
  const items = Array.from({ length: 500 }, () => bid({ amountMinor: 2_500 }))
  await leaving.sendFrame({ id: 1, op: 'bid.batch', p: { items }, ack: 'settled' })
  leaving.cut()
  await expect
    .poll(async () => (await someone.http.ask('GET /v1/cash')).heldMinor, { timeout: 20_000 })
    .toBe(500 * 2_500)
  await expect
    .poll(() => gauge(market, 'lendbook_gateway_waiting_requests_count'), {
      timeout: 20_000,
    })
    .toBe(0)
  await expect.poll(() => gauge(market, 'lendbook_gateway_connections_count')).toBe(before)
})

test('a client that stops reading is closed as a slow reader, and the others notice nothing', async () => {
  const { client } = await market.openOperator()
  const borrowerId = stranger.accountId
  const terms = {
    mode: 'fixed-rate',
    amountMinor: 1_000_000,
    ratePpm: 100_000,
    termMonths: 12,
    minBidMinor: 2_500,
    openMs: 600_000,
    grade: 'A',
    purpose: 'car',
  } as const
  await Promise.all(Array.from({ length: 300 }, () => client.openListing({ ...terms, borrowerId })))
  const before = await gauge(market, 'lendbook_gateway_connections_count')
  const deaf = await RawSocket.open(market.wsUrl, 'lendbook.v1.json', stranger.token)
  deaf.stopReading()
  for (let id = 1; id <= 200; id++)
    await deaf.sendFrame({
      id,
      op: 'subscribe',
      p: { channels: [{ channel: 'market', since: 1, epoch: 1 }, { channel: 'cash' }] },
    })
  await expect
    .poll(() => gauge(market, 'lendbook_gateway_connections_count'), { timeout: 20_000 })
    .toBe(before)
  expect(refusalOf(await raw.ask(1, { id: 1, op: 'ping', p: {} }))).toBe('ok')
  deaf.readOn()
  expect(await deaf.untilClosed()).toBe(4008)
  expect(await gauge(market, 'lendbook_gateway_buffered_bytes')).toBe(0)
})

async function post(path: string, body: string, headers: Record<string, string>) {
  const response = await fetch(market.baseUrl + path, { method: 'POST', body, headers })
  return { status: response.status, body: await response.json() }
}

test('a name that Postgres could not hold is refused by its field, and nobody thinks the records are away', async () => {
  const post = (body: object) =>
    fetch(`${market.baseUrl}/v1/persons`, { method: 'POST', body: JSON.stringify(body) })
  const person = { email: 'nul@test.example', password: 'correct horse battery' }
  for (const name of ['a\u0000b', 'a\ud800b', 'a\nb', '\u200b']) {
    const response = await post({ ...person, name })
    expect([name, response.status, await response.json()]).toMatchObject([
      name,
      400,
      { error: { code: 'field-invalid', field: 'name' } },
    ])
  }
  const ready = (await (await fetch(`${market.baseUrl}/readyz`)).json()) as object
  expect(ready).toMatchObject({ ready: true, degraded: [] })
})
