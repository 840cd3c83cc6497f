/** People at the door of a real market: signed in too often, signed out unheard, asking for what is not theirs. */
import { Client as Postgres } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RequestRefused } from '../../gateway/client/node.ts'
import { hashOf } from '../../gateway/person/sessions.ts'
import { SESSIONS_PER_PERSON_MAX } from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { TestMarket } from '../harness/market.ts'
import { RawSocket } from './raw-socket.ts'

let market: TestMarket
let postgres: Postgres

beforeAll(async () => {
  market = await startMarket({ gateways: 2 })
  postgres = new Postgres({ connectionString: market.databaseUrl })
  await postgres.connect()
})
afterAll(async () => {
  await postgres.end()
  await market.stop()
})

const codeOf = (error: unknown) => (error as RequestRefused).code

test('with one session too many the oldest ends, and its socket with it', async () => {
  const { email, password, http, token } = await market.newInvestor()
  const socket = await RawSocket.open(market.wsUrls[1] ?? '', 'lendbook.v1.json', token)
  for (let n = 0; n < SESSIONS_PER_PERSON_MAX; n++) await http.signIn({ email, password })
  expect(await socket.untilClosed()).toBe(4001)
  const { accountId } = await http.ask('GET /v1/me')
  const { rows } = await postgres.query<{ count: string }>(
    'select count(*) from session where account_id = $1',
    [accountId],
  )
  expect(Number(rows[0]?.count)).toBe(SESSIONS_PER_PERSON_MAX)
})

test('a session that ended unheard closes its sockets on every gateway once news is heard again', async () => {
  const { token } = await market.newInvestor()
  const other = await market.newInvestor()
  const open = (url: string | undefined, whose: string) =>
    RawSocket.open(url ?? '', 'lendbook.v1.json', whose)
  const sockets = await Promise.all(market.wsUrls.map((url) => open(url, token)))
  const stays = await open(market.wsUrls[0], other.token)
  // Nobody is told of it.
  await postgres.query('delete from session where token_hash = $1', [
    Buffer.from(hashOf(token), 'hex'),
  ])
  await postgres.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' or query like '%settlement_cursor'`,
  )
  for (const socket of sockets) expect(await socket.untilClosed()).toBe(4001)
  expect(await stays.ask(1, { id: 1, op: 'ping', p: {} })).toMatchObject({ ok: true })
  stays.cut()
})

test('a deposit is for somebody who exists, and so is a listing', async () => {
  const { client } = await market.openOperator()
  const nobody = 99_999_999
  const deposit = client.deposit({ accountId: nobody, amountMinor: 100 })
  await expect(deposit).rejects.toMatchObject({
    code: 'account-unknown',
    reject: { field: 'accountId' },
  })
  const listing = market.openListing({ borrowerId: nobody })
  await expect(listing).rejects.toMatchObject({
    code: 'account-unknown',
    reject: { field: 'borrowerId' },
  })
  const { accountId } = await market.newInvestor()
  const { answer } = await client.deposit({ accountId, amountMinor: 100 })
  expect(answer).toMatchObject({ kind: 'Deposited', accountId })
})

test('the operator learns what became of its own deposit, and nobody else of what is not theirs', async () => {
  const { client, http } = await market.openOperator()
  const investor = await market.newInvestor()
  const { accountId } = investor
  const key = client.nextKey()
  await client.deposit({ key, accountId, amountMinor: 700 })
  const outcome = { answer: { kind: 'Deposited', amountMinor: 700 } }
  expect(await client.request('outcome.get', { key, accountId })).toMatchObject(outcome)
  expect(
    await http.ask('GET /v1/outcomes/{key}', { path: { key }, query: { accountId } }),
  ).toMatchObject(outcome)
  expect(await investor.client.request('outcome.get', { key })).toMatchObject(outcome)
  const { client: stranger } = await market.newInvestor()
  await expect(stranger.request('outcome.get', { key, accountId })).rejects.toThrow(
    'permission-missing',
  )
})

test('the outcome of what was acknowledged is known at once, and what never came in is told so', async () => {
  const investor = await market.newInvestor({ depositMinor: 100_000_000 })
  const listingId = await market.openListing({ amountMinor: 25_000_000 })
  for (let n = 0; n < 20; n++) {
    const key = investor.client.nextKey()
    const bid = { key, listingId, amountMinor: 2_500, ratePpm: 100_000 }
    const { answer } = await investor.client.placeBid(bid)
    expect(await investor.client.request('outcome.get', { key })).toMatchObject({ answer })
  }
  const never = investor.client.request('outcome.get', { key: investor.client.nextKey() })
  await expect(never).rejects.toThrow('outcome-unknown')
})

test('while settlement is away an outcome is pending, of what came in and of what did not', async () => {
  const investor = await market.newInvestor({ depositMinor: 100_000_000 })
  const listingId = await market.openListing({ amountMinor: 25_000_000 })
  await market.kill('settlement-1')
  const key = investor.client.nextKey()
  const bid = { key, listingId, amountMinor: 2_500, ratePpm: 100_000 }
  const { answer } = await investor.client.placeBid(bid)
  const ask = () => investor.client.request('outcome.get', { key })
  await expect(ask()).rejects.toMatchObject({
    code: 'outcome-pending',
    reject: { class: 'retry-after' },
  })
  const never = investor.client.request('outcome.get', { key: investor.client.nextKey() })
  await expect(never).rejects.toThrow('outcome-pending')
  await market.start('settlement-1')
  await expect.poll(() => ask().catch(codeOf), { timeout: 30_000 }).toMatchObject({ answer })
})
