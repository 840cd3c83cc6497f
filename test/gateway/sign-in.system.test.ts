/** Signing in while others guess, make up names or flood: on a real market, each from an address of its own. */
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { Client as Postgres } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HttpClient } from '../../gateway/client/node.ts'
import {
  DEVICES_PER_PERSON_MAX,
  SIGN_INS_BY_NETWORK,
  SIGN_INS_FIRST,
  SIGN_INS_MORE,
} from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { TestMarket } from '../harness/market.ts'

const AT_ONCE = SIGN_INS_FIRST.burst + SIGN_INS_MORE.burst
const PHONE = 'made-up-by-the-phone-of-the-owner'

let market: TestMarket
let postgres: Postgres

beforeAll(async () => {
  market = await startMarket()
  postgres = new Postgres({ connectionString: market.databaseUrl })
  await postgres.connect()
})
afterAll(async () => {
  await postgres.end()
  await market.stop()
})

interface Credentials {
  readonly email: string
  readonly password: string
  readonly device?: string
}

const guessAt = ({ email }: { readonly email: string }): Credentials => ({
  email,
  password: 'a wrong guess',
})

/** The status of a sign-in from an address of this machine. */
async function signInFrom(localAddress: string, asked: Credentials): Promise<number> {
  const { email, password, device } = asked
  const sent = request(`${market.baseUrl}/v1/sessions`, {
    method: 'POST',
    localAddress,
    agent: false,
    headers: { 'content-type': 'application/json' },
  })
  sent.end(JSON.stringify({ email, password, device }))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  await json(answer)
  return answer.statusCode ?? 0
}

function manyFrom(address: string, count: number, asked: Credentials): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => signInFrom(address, asked)))
}

async function countDevices(accountId: number): Promise<number> {
  const { rows } = await postgres.query<{ count: string }>(
    'select count(*) from device where account_id = $1',
    [accountId],
  )
  return Number(rows[0]?.count)
}

test('sixty wrong passwords at once are five guesses, and the owner gets in elsewhere', async () => {
  const investor = await market.newInvestor()
  const operator = { email: 'operator@lendbook.example', password: market.staffPassword }
  for (const owner of [investor, operator]) {
    const statuses = await manyFrom('127.0.0.2', 60, guessAt(owner))
    expect(statuses.filter((status) => status === 401)).toHaveLength(AT_ONCE)
    expect(statuses.filter((status) => status === 429)).toHaveLength(60 - AT_ONCE)
    const { email, password } = owner
    expect(await signInFrom('127.0.0.2', { email, password })).toBe(429)
    expect(await signInFrom('127.0.0.3', { email, password })).toBe(200)
  }
})

test('a device that has signed in gets in from where somebody guesses, and so does the one that registered', async () => {
  const laptop = 'made-up-by-the-laptop-of-the-owner'
  const owner = { email: 'owner@test.example', password: 'password of the owner' }
  await new HttpClient({ baseUrl: market.baseUrl, device: laptop }).register({
    ...owner,
    name: 'Owner',
  })
  expect(await signInFrom('127.0.0.4', { ...owner, device: PHONE })).toBe(200)
  await manyFrom('127.0.0.5', 20, guessAt(owner))
  expect(await signInFrom('127.0.0.5', owner)).toBe(429)
  expect(await signInFrom('127.0.0.5', { ...owner, device: `${PHONE}-not` })).toBe(429)
  expect(await signInFrom('127.0.0.5', { ...owner, device: PHONE })).toBe(200)
  expect(await signInFrom('127.0.0.5', { ...owner, device: laptop })).toBe(200)
})

test('a device that is known for one person is not known for another', async () => {
  const owner = await market.newInvestor()
  const other = await market.newInvestor()
  expect(await signInFrom('127.0.0.6', { ...credentials(other), device: PHONE })).toBe(200)
  await manyFrom('127.0.0.6', 20, guessAt(owner))
  expect(await signInFrom('127.0.0.6', { ...credentials(owner), device: PHONE })).toBe(429)
})

test('programs that sign in without a device push out none of their owner', async () => {
  const owner = await market.newInvestor()
  expect(await signInFrom('127.0.0.7', { ...credentials(owner), device: PHONE })).toBe(200)
  for (let n = 0; n <= DEVICES_PER_PERSON_MAX; n++)
    expect(await signInFrom('127.0.0.7', credentials(owner))).toBe(200)
  expect(await countDevices(owner.accountId)).toBe(1)
  await manyFrom('127.0.0.7', 20, guessAt(owner))
  expect(await signInFrom('127.0.0.7', { ...credentials(owner), device: PHONE })).toBe(200)
})

test('with one device too many the one longest not seen is forgotten, of this person only', async () => {
  const [owner, other] = [await market.newInvestor(), await market.newInvestor()]
  expect(await signInFrom('127.0.0.8', { ...credentials(other), device: PHONE })).toBe(200)
  expect(await signInFrom('127.0.0.8', { ...credentials(owner), device: PHONE })).toBe(200)
  for (let n = 0; n < DEVICES_PER_PERSON_MAX; n++)
    await signInFrom('127.0.0.8', { ...credentials(owner), device: `${PHONE}-number-${n}` })
  expect(await countDevices(owner.accountId)).toBe(DEVICES_PER_PERSON_MAX)
  expect(await countDevices(other.accountId)).toBe(1)
})

test('a flood of made-up names from one address is slowed, and lets everybody elsewhere in', async () => {
  const people = []
  for (let n = 0; n < 7; n++) people.push(await market.newInvestor())
  const flood = Array.from({ length: 400 }, (_, n) =>
    signInFrom('127.0.0.9', guessAt({ email: `nobody-${n}@test.example` })),
  )
  const statuses = await Promise.all(
    people.map((person, n) => signInFrom(`127.0.1.${n + 1}`, credentials(person))),
  )
  expect(statuses).toEqual(people.map(() => 200))
  const heard = await Promise.all(flood)
  const looked = heard.filter((status) => status === 401).length
  expect(looked).toBeGreaterThan(0)
  expect(looked).toBeLessThanOrEqual(SIGN_INS_BY_NETWORK.burst + 10)
})

function credentials({ email, password }: Credentials): Credentials {
  return { email, password }
}
