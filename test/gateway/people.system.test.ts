/** People at the door of a real market: guessed at, crowded out, signed in too often, signed out unheard. */
import { Client as Postgres } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HttpClient, RequestRefused } from '../../gateway/client/node.ts'
import { hashOf } from '../../gateway/person/sessions.ts'
import { SESSIONS_PER_PERSON_MAX, SIGN_INS_FIRST, SIGN_INS_MORE } from '../../schema/index.ts'
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

test('sixty wrong passwords at once are five guesses, and the owner gets in from a device that is known', async () => {
  const { email, password, http } = await market.newInvestor()
  const guess = () =>
    new HttpClient({ baseUrl: market.baseUrl })
      .signIn({ email, password: 'a wrong guess' })
      .then(() => 'in', codeOf)
  const heard = await Promise.all(Array.from({ length: 60 }, guess))
  const wrong = heard.filter((code) => code === 'credentials-wrong')
  expect(wrong).toHaveLength(SIGN_INS_FIRST.burst + SIGN_INS_MORE.burst)
  expect(heard.filter((code) => code === 'rate-limited')).toHaveLength(60 - wrong.length)
  const stranger = new HttpClient({ baseUrl: market.baseUrl })
  expect(await stranger.signIn({ email, password }).then(() => 'in', codeOf)).toBe('rate-limited')
  await http.signIn({ email, password })
  expect((await http.ask('GET /v1/me')).email).toBe(email)
  const { device } = http
  const other = await market.newInvestor()
  const borrowed = new HttpClient({ baseUrl: market.baseUrl, device: device ?? '' })
  expect((await borrowed.signIn(other)).device).not.toBe(device)
})

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
