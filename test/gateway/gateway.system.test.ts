/** A gateway's life among others: stages, sessions, resuming elsewhere, servers that are away, the end. */
import { Client as PostgresClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectPostgres } from '../../engine/host/index.ts'
import { createNodeClient, HttpClient, RequestRefused } from '../../gateway/client/node.ts'
import { listFills } from '../../gateway/market/records.ts'
import { hashOf } from '../../gateway/person/sessions.ts'
import { Records } from '../../gateway/records/records.ts'
import { SIGN_INS_FIRST, SIGN_INS_MORE } from '../../schema/index.ts'
import type { ListingId } from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { gauge } from './gauges.ts'
import { BidsPicture, CashPicture } from './market-picture.ts'
import { RawSocket, refusalOf } from './raw-socket.ts'

let market: TestMarket
let investor: Person
let listingId: number

beforeAll(async () => {
  market = await startMarket({
    gateways: 2,
    env: { DEMO_EMAIL: 'demo@lendbook.example', DEMO_PASSWORD: 'try the market' },
  })
  investor = await market.newInvestor({ depositMinor: 100_000_000 })
  listingId = await market.openListing({ amountMinor: 90_000_000 })
})
afterAll(() => market.stop())

const BID = { amountMinor: 10_000, ratePpm: 100_000 }

test.each(['durable', 'recorded', 'settled'] as const)(
  'a bid is acknowledged as %s',
  async (ack) => {
    const stages = ['durable', 'recorded', 'settled']
    const { stage } = await investor.client.placeBid({ listingId, ...BID }, { ack })
    expect(stages.indexOf(stage)).toBeGreaterThanOrEqual(stages.indexOf(ack))
  },
)

test('once settled, the bid is in the records and its outcome can be asked for by key', async () => {
  const key = investor.client.nextKey()
  const reply = await investor.client.placeBid({ listingId, ...BID, key }, { ack: 'settled' })
  const { bids } = await investor.http.ask('GET /v1/bids', { query: { limit: 1 } })
  expect(bids[0]).toMatchObject({ ...BID, listingId, status: 'open' })
  const outcome = { sequence: reply.sequence, answer: reply.answer }
  const byKey = (path: { key: string }) => investor.http.ask('GET /v1/outcomes/{key}', { path })
  expect(await byKey({ key })).toMatchObject(outcome)
  expect(await investor.client.request('outcome.get', { key })).toMatchObject(outcome)
  const unknown = byKey({ key: investor.client.nextKey() })
  await expect(unknown).rejects.toThrow('outcome-unknown')
})

test('a bid is found again by its id and by its key, as long as it is open and when it has ended', async () => {
  const { client, http } = investor
  const key = client.nextKey()
  const { answer } = await client.placeBid({ listingId, ...BID, key })
  const { bidId } = answer
  const bid = { bidId, key, listingId, ...BID }
  const shown = new BidsPicture()
  const following = client.subscribe('bids', shown)
  await expect.poll(() => shown.open.get(bidId)).toMatchObject(bid)
  following.close()
  const asked = () =>
    Promise.all([
      client.request('bid.get', { bidId }),
      client.request('bid.find', { key }),
      http.ask('GET /v1/bids/{bidId}', { path: { bidId } }),
      http.ask('GET /v1/bids/by-key/{key}', { path: { key } }),
    ])
  for (const found of await asked())
    expect(found).toMatchObject({ bid: { ...bid, status: 'open' } })
  await client.cancelBid({ bidId })
  for (const found of await asked())
    expect(found).toMatchObject({ bid: { ...bid, status: 'cancelled', acceptedMinor: 0 } })
  const { bids } = await http.ask('GET /v1/bids', { query: { limit: 1 } })
  expect(bids).toMatchObject([{ bidId, key }])
})

test('a bid is found by its owner and nobody else, and so is a key that placed none', async () => {
  const { answer } = await investor.client.placeBid({ listingId, ...BID })
  const { bidId } = answer
  const stranger = await market.newInvestor()
  await expect(stranger.client.request('bid.get', { bidId })).rejects.toThrow('bid-unknown')
  const key = investor.client.nextKey()
  await investor.client.cancelBid({ bidId, key })
  await expect(stranger.client.request('bid.get', { bidId })).rejects.toThrow('bid-unknown')
  await expect(stranger.client.cancelBid({ bidId })).rejects.toThrow('bid-unknown')
  await expect(investor.client.cancelBid({ bidId })).rejects.toThrow('bid-closed')
  await expect(investor.client.request('bid.find', { key })).rejects.toThrow('bid-unknown')
})

test('the records tell the fills that the view tells, also of a bid that was amended since', async () => {
  const own = await market.openListing({ mode: 'uniform-auction' })
  const { answer } = await investor.client.placeBid({ ...BID, listingId: own })
  const terms = { bidId: answer.bidId, amountMinor: 12_000, ratePpm: 90_000 }
  await investor.client.amendBid(terms, { ack: 'settled' })
  const { fills } = await investor.http.ask('GET /v1/listings/{listingId}', {
    path: { listingId: own },
  })
  expect(fills).toMatchObject([BID])
  const postgres = await connectPostgres({ url: market.databaseUrl, max: 1 })
  expect(await listFills(new Records(postgres.db), own as ListingId, 10)).toEqual(fills)
  await postgres.close()
})

test('cash and bids are told as they change, and the view shows what was acknowledged', async () => {
  const [cash, bids] = [new CashPicture(), new BidsPicture()]
  const subscriptions = [
    investor.client.subscribe('cash', cash),
    investor.client.subscribe('bids', bids),
  ]
  await expect.poll(() => cash.cash !== undefined).toBe(true)
  const before = cash.cash?.heldMinor ?? 0
  const { answer } = await investor.client.placeBid({ listingId, ...BID })
  expect(await investor.http.ask('GET /v1/cash')).toMatchObject({
    heldMinor: before + BID.amountMinor,
  })
  const { bidId } = answer as { bidId: number }
  await expect.poll(() => cash.cash?.heldMinor).toBe(before + BID.amountMinor)
  await expect.poll(() => bids.open.get(bidId)?.acceptedMinor).toBe(BID.amountMinor)
  await investor.client.cancelBid({ bidId })
  await expect.poll(() => bids.open.has(bidId)).toBe(false)
  await expect.poll(() => cash.cash?.heldMinor).toBe(before)
  for (const subscription of subscriptions) subscription.close()
})

test('a private channel resumes on another gateway, with every delta that was missed', async () => {
  const here = await RawSocket.open(market.wsUrls[0] ?? '', 'lendbook.v1.json', investor.token)
  await here.ask(1, { id: 1, op: 'subscribe', p: { channels: [{ channel: 'cash' }] } })
  // Somebody follows it on the other gateway too, so it keeps what happens.
  const there = await RawSocket.open(market.wsUrls[1] ?? '', 'lendbook.v1.msgpack', investor.token)
  await there.ask(1, { id: 1, op: 'subscribe', p: { channels: [{ channel: 'cash' }] } })
  const cashFrames = (raw: RawSocket) =>
    raw.frames.filter((frame) => frame.t === 'delta' || frame.t === 'snapshot')
  await expect.poll(() => cashFrames(here).length).toBe(1)
  const { seq, epoch } = cashFrames(here)[0] as { seq: number; epoch: number }
  here.cut()
  for (let n = 0; n < 3; n++) await investor.client.placeBid({ listingId, ...BID })
  await expect.poll(() => cashFrames(there).length).toBe(4)
  const back = await RawSocket.open(market.wsUrls[1] ?? '', 'lendbook.v1.json', investor.token)
  const p = { channels: [{ channel: 'cash', since: seq, epoch }] }
  expect(await back.ask(1, { id: 1, op: 'subscribe', p })).toMatchObject({
    r: { channels: [{ recovered: true }] },
  })
  await expect.poll(() => cashFrames(back).length).toBe(3)
  expect(cashFrames(back)).toEqual(cashFrames(there).slice(1))
  const old = { channels: [{ channel: 'cash', since: seq, epoch: epoch - 1 }] }
  expect(await back.ask(2, { id: 2, op: 'subscribe', p: old })).toMatchObject({
    r: { channels: [{ recovered: false }] },
  })
  back.cut()
  there.cut()
})

test('a socket that goes on as another person is told which channels it still follows', async () => {
  const other = await market.newInvestor()
  const raw = await RawSocket.open(market.wsUrl, 'lendbook.v1.json', investor.token)
  const channels = ['market', 'cash', 'bids']
  await raw.ask(1, {
    id: 1,
    op: 'subscribe',
    p: { channels: channels.map((channel) => ({ channel })) },
  })
  const logon = async (id: number, token: string) =>
    (await raw.ask(id, { id, op: 'logon', p: { token } })) as { r?: unknown }
  expect((await logon(2, investor.token)).r).toMatchObject({ channels })
  const { accountId } = other
  expect((await logon(3, other.token)).r).toMatchObject({ accountId, channels: ['market'] })
  await raw.ask(4, { id: 4, op: 'subscribe', p: { channels: [{ channel: 'cash' }] } })
  const left = await raw.ask(5, { id: 5, op: 'logout', p: {} })
  expect(left).toMatchObject({ r: { accountId: null, channels: ['market'] } })
  raw.cut()
})

test('signing out ends the session on every gateway, and closes its sockets there', async () => {
  const { email, password } = await market.newInvestor()
  const http = new HttpClient({ baseUrl: market.baseUrl })
  const { token } = await http.signIn({ email, password })
  const elsewhere = new HttpClient({ baseUrl: market.baseUrls[1] ?? '', token })
  expect((await elsewhere.ask('GET /v1/me')).email).toBe(email)
  const raw = await RawSocket.open(market.wsUrls[1] ?? '', 'lendbook.v1.json', token)
  await http.signOut()
  expect(await raw.untilClosed()).toBe(4001)
  await expect(elsewhere.ask('GET /v1/me')).rejects.toThrow('session-expired')
})

test('neither passwords nor tokens are stored', async () => {
  const postgres = new PostgresClient({ connectionString: market.databaseUrl })
  await postgres.connect()
  const { rows } = await postgres.query<{ password_hash: string; token_hash: Buffer }>(
    'select password_hash, token_hash from person join session using (account_id) where account_id = $1',
    [investor.accountId],
  )
  await postgres.end()
  expect(rows[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(rows[0]?.token_hash.toString('hex')).toBe(hashOf(investor.token))
})

test('a wrong password and an unknown address are told alike, and guessing is slowed', async () => {
  const http = new HttpClient({ baseUrl: market.baseUrl })
  const { email } = await market.newInvestor()
  const guess = (who: string) =>
    http
      .signIn({ email: who, password: 'a guess' })
      .catch((error: unknown) => (error as RequestRefused).code)
  expect(await guess('nobody@test.example')).toBe('credentials-wrong')
  for (let n = 0; n < SIGN_INS_FIRST.burst + SIGN_INS_MORE.burst; n++)
    expect(await guess(email)).toBe('credentials-wrong')
  expect(await guess(email)).toBe('rate-limited')
  const again = market
    .newInvestor()
    .then(({ email: taken }) =>
      http.register({ email: taken.toUpperCase(), password: 'long enough', name: 'X' }),
    )
  await expect(again).rejects.toThrow('email-taken')
})

test('the market says what it is, and whom a newcomer may sign in as', async () => {
  expect(await investor.http.ask('GET /v1/market')).toMatchObject({
    market: 'demo',
    currency: 'USD',
    demo: { email: 'demo@lendbook.example', password: 'try the market' },
  })
})

test('the web app is served with what a browser needs to know', async () => {
  const page = await fetch(`${market.baseUrl}/listings/1`)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? ''
  const asset = await fetch(market.baseUrl + script)
  expect(asset.headers.get('content-type')).toContain('text/javascript')
  expect(asset.headers.get('cache-control')).toContain('immutable')
  const known = { 'if-none-match': asset.headers.get('etag') ?? '' }
  expect((await fetch(market.baseUrl + script, { headers: known })).status).toBe(304)
})

test('too many bids are refused with how long to wait; cancels still go through', async () => {
  await market.kill('gateway-2')
  await market.start('gateway-2', { RATE_BIDS_PER_SECOND: '1', RATE_CANCELS_PER_SECOND: '100' })
  const raw = await RawSocket.open(market.wsUrls[1] ?? '', 'lendbook.v1.json', investor.token)
  const key = () => investor.client.nextKey()
  const place = (id: number) =>
    raw.ask(id, { id, op: 'bid.place', p: { key: key(), listingId, ...BID } })
  expect(await place(1)).toMatchObject({ ok: true, rl: { left: 1 } })
  expect(await place(2)).toMatchObject({ ok: true, rl: { left: 0 } })
  const third = await place(3)
  expect(refusalOf(third)).toBe('rate-limited')
  expect(third).toMatchObject({ e: { class: 'retry-after' } })
  const cancel = await raw.ask(4, { id: 4, op: 'bid.cancel', p: { key: key(), bidId: 999_999 } })
  expect(refusalOf(cancel)).toBe('bid-unknown')
  expect(await gauge(market, 'lendbook_gateway_rate_limited_total', 1)).toBe(1)
  raw.cut()
})

test('while Postgres is away bids go on, and what only it knows says so', async () => {
  await market.kill('postgres')
  const { stage } = await investor.client.placeBid({ listingId, ...BID })
  expect(stage).toBe('durable')
  await expect(investor.http.ask('GET /v1/bids')).rejects.toThrow('records-unavailable')
  expect(
    (await investor.http.ask('GET /v1/listings/{listingId}', { path: { listingId } })).listing
      .status,
  ).toBe('open')
  const readyz = await fetch(`${market.baseUrl}/readyz`)
  expect(readyz.status).toBe(200)
  expect(((await readyz.json()) as { degraded: string[] }).degraded.length).toBeGreaterThan(0)
  await market.start('postgres')
  await expect
    .poll(
      () =>
        investor.http.ask('GET /v1/bids').then(
          (answer) => answer.bids.length > 0,
          () => false,
        ),
      { timeout: 30_000 },
    )
    .toBe(true)
  const settled = await investor.client.placeBid(
    { listingId, ...BID },
    { ack: 'settled', timeoutMs: 30_000 },
  )
  expect(settled.answer.kind).toBe('BidPlaced')
})

test('who waits for settled while settlement is away hears the stage that was reached', async () => {
  await market.kill('settlement-1')
  const { stage } = await investor.client.placeBid(
    { listingId, ...BID },
    { ack: 'settled', timeoutMs: 30_000 },
  )
  expect(stage).toBe('durable')
  await market.start('settlement-1')
})

test('while the journal is away callers hear it, and the same key tells what became of it', async () => {
  const raw = await RawSocket.open(market.wsUrl, 'lendbook.v1.json', investor.token)
  await market.kill('journal-redis')
  const p = { key: investor.client.nextKey(), listingId, ...BID }
  const unknown = await raw.ask(1, { id: 1, op: 'bid.place', p })
  expect(refusalOf(unknown)).toBe('journal-unavailable')
  expect(unknown).toMatchObject({ e: { class: 'retry-same-key' } })
  expect((await fetch(`${market.baseUrl}/readyz`)).status).toBe(503)
  await market.start('journal-redis')
  await expect
    .poll(async () => (await raw.ask(2, { id: 2, op: 'bid.place', p })).ok, { timeout: 30_000 })
    .toBe(true)
  const again = await raw.ask(3, { id: 3, op: 'bid.place', p })
  expect(again).toMatchObject({ ok: true, r: { isRepeated: true } })
  await expect.poll(() => gauge(market, 'lendbook_gateway_waiting_requests_count')).toBe(0)
  raw.cut()
})

test('a gateway that is asked to stop answers what is under way and sends everyone on', async () => {
  await market.restart('gateway-2')
  const url = [market.wsUrls[1] ?? '', market.wsUrls[0] ?? '']
  const client = createNodeClient({ url, token: investor.token })
  await client.request('ping', {})
  const elsewhere = await gauge(market, 'lendbook_gateway_connections_count')
  const { exited } = market.running('gateway-2')
  const stopping = market.kill('gateway-2', 'SIGTERM')
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => client.placeBid({ listingId, ...BID })),
  )
  const bidIds = answers.map(({ answer }) => (answer as { bidId: number }).bidId)
  expect(new Set(bidIds).size).toBe(200)
  await stopping
  expect(await exited).toEqual({ code: 0, signal: null })
  await client.request('ping', {})
  expect(await gauge(market, 'lendbook_gateway_connections_count')).toBe(elsewhere + 1)
  client.close()
})

test('a port in use is one clear line', async () => {
  const port = new URL(market.baseUrl).port
  const attempt = market.start('gateway-2', { PORT: port })
  await expect(attempt).rejects.toThrow(/code 2.*port \d+ .*in use/)
})
