/** Every route and every operation, walked from their declarations: who gets in, what is refused and how,
 *  and that a good answer is what was declared. A new one is walked without an edit here, as long as its
 *  fields have names that are known below. */
import { Client as Postgres } from 'pg'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KeyMaker } from '../../gateway/client/node.ts'
import {
  channelFrame,
  CHANNELS,
  errorAnswer,
  GATEWAY_FRAMES,
  isPermitted,
  OPERATION_NAMES,
  OPERATIONS,
  refusalFrame,
  REJECTS,
  replyFrame,
  ROLES,
  ROUTE_KEYS,
  ROUTES,
} from '../../schema/index.ts'
import type {
  Access,
  ChannelFamily,
  OperationName,
  RejectCode,
  Role,
  RouteDeclaration,
  RouteKey,
} from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { RawSocket } from './raw-socket.ts'

let market: TestMarket
let operator: Person
let borrower: Person
let lender: Person
let other: Person
const keys = new KeyMaker(() => Date.now())
const people: Partial<Record<Role, Person>> = {}

beforeAll(async () => {
  const env = { RATE_QUERIES_PER_SECOND: '100000', RATE_ANONYMOUS_PER_SECOND: '100000' }
  market = await startMarket({ env })
  operator = await market.openOperator()
  lender = await market.newInvestor({ depositMinor: 100_000_000 })
  other = await market.newInvestor({ depositMinor: 100_000_000 })
  borrower = await asBorrower(await market.newInvestor())
  const [reviewer] = await market.openReviewers()
  Object.assign(people, { investor: lender, borrower, operator, reviewer })
})
afterAll(() => market.stop())

const routes = ROUTE_KEYS.map((key) => ({ key, declared: ROUTES[key] as RouteDeclaration }))
const guarded = routes.filter(({ declared }) => declared.access !== 'anyone')

describe.each(routes)('$key', ({ key, declared }) => {
  test('a good request gets the answer that is declared', async () => {
    const { status, type, text } = await send(key, await goodRequest(declared))
    expect([status, type], text).toEqual([200, declared.contentType])
    const answer: unknown = type.startsWith('application/json') ? JSON.parse(text) : text
    expect(faultsOf(declared.reply, answer)).toEqual([])
  })

  test('a token that nobody was given is told so', async () => {
    await expectRefusal(
      key,
      { ...(await goodRequest(declared)), token: 'nobody' },
      'session-expired',
    )
  })

  test('an unknown field in the query, or in the body, is refused by its name', async () => {
    const good = await goodRequest(declared)
    const query = { ...good.query, hack: '1' }
    await expectRefusal(key, { ...good, query }, 'field-invalid', 'hack')
    if (declared.body === null) return
    const body = { ...(await goodRequest(declared)).body, hack: 1 }
    await expectRefusal(key, { ...good, body }, 'field-invalid', /hack$/)
  })
})

describe.each(guarded)('$key', ({ key, declared }) => {
  test('without a session nobody gets in', async () => {
    await expectRefusal(key, { ...(await goodRequest(declared)), token: null }, 'not-logged-on')
  })

  test('each role gets as far as it may', async () => {
    for (const role of ROLES) {
      if (key === 'DELETE /v1/sessions') continue
      const request = { ...(await goodRequest(declared)), token: personOf(role).token }
      const { status, text } = await send(key, request)
      const isTurnedAway = status === REJECTS['permission-missing'].http
      expect([role, isTurnedAway], text).toEqual([role, !isOpenTo(declared.access, role)])
    }
  })
})

const BAD_IDS = ['0x1', '1e0', '01', '-1', '1.5', '%20', '9007199254740993', 'x'.repeat(500), '%F0']
const withPlaces = routes.filter(({ declared }) => Object.keys(declared.path.shape).length > 0)

test.each(withPlaces)('$key takes no bad id', async ({ key, declared }) => {
  const [name = ''] = Object.keys(declared.path.shape)
  for (const bad of BAD_IDS) {
    const request = { ...(await goodRequest(declared)), path: { [name]: bad } }
    const { status, text } = await send(key, request)
    expect([bad, status, codeOf(text)]).toEqual([
      bad,
      REJECTS[declared.otherwise].http,
      declared.otherwise,
    ])
  }
})

test("another person's bids, keys and lists are out of reach", async () => {
  const { bidId, key } = await newBid(other)
  const asLender = async (route: RouteKey, request: Partial<Request>) =>
    codeOf((await send(route, { ...NOTHING, ...request, token: lender.token })).text)
  const terms = { amountMinor: 5_000, ratePpm: 90_000 }
  expect(await asLender('POST /v1/bids/cancel', { body: { key: keys.next(), bidId } })).toBe(
    'bid-unknown',
  )
  expect(
    await asLender('POST /v1/bids/amend', { body: { key: keys.next(), bidId, ...terms } }),
  ).toBe('bid-unknown')
  expect(await asLender('GET /v1/outcomes/{key}', { path: { key } })).toBe('outcome-unknown')
  expect(await asLender('GET /v1/bids/{bidId}', { path: { bidId: String(bidId) } })).toBe(
    'bid-unknown',
  )
  expect(await asLender('GET /v1/bids/by-key/{key}', { path: { key } })).toBe('outcome-unknown')
  const { text } = await send('GET /v1/bids', { ...NOTHING, token: lender.token })
  expect((JSON.parse(text) as { bids: { bidId: number }[] }).bids).not.toContainEqual(
    expect.objectContaining({ bidId }),
  )
  const mine = { accountId: other.accountId, amountMinor: 5_000, key: keys.next() }
  expect(await asLender('POST /v1/deposits', { body: mine })).toBe('permission-missing')
})

describe.each(OPERATION_NAMES.map((name) => ({ name })))('$name over the WebSocket', ({ name }) => {
  const { access, params, reply } = OPERATIONS[name]

  test('a good request gets the reply that is declared', async () => {
    const { token } = await caller(access, name)
    const socket = await RawSocket.open(market.wsUrl, 'lendbook.v1.json', token ?? undefined)
    const given = await goodParams(name, params)
    const answer = await socket.ask(7, { id: 7, op: name, p: given })
    socket.cut()
    expect(faultsOf(replyFrame(reply), answer)).toEqual([])
  })

  test('whoever may not ask is told so, in the declared form', async () => {
    if (access === 'anyone') return
    const stranger = await RawSocket.open(market.wsUrl, 'lendbook.v1.json')
    const told = await stranger.ask(7, { id: 7, op: name, p: await goodParams(name, params) })
    stranger.cut()
    expect(faultsOf(refusalFrame, told)).toEqual([])
    expect(told).toMatchObject({ ok: false, e: { code: 'not-logged-on' } })
    for (const role of ROLES.filter((one) => !isOpenTo(access, one))) {
      const socket = await RawSocket.open(market.wsUrl, 'lendbook.v1.json', personOf(role).token)
      const answer = await socket.ask(7, { id: 7, op: name, p: await goodParams(name, params) })
      socket.cut()
      expect(answer, role).toMatchObject({ ok: false, e: { code: 'permission-missing' } })
    }
  })
})

test('every frame that a follower hears is of its declared form', async () => {
  const listingId = await market.openListing({ amountMinor: 5_000_000 })
  const socket = await RawSocket.open(market.wsUrl, 'lendbook.v1.json', lender.token)
  const names = Object.keys(CHANNELS).map((family) =>
    family === 'listing' ? `listing:${listingId}` : family,
  )
  await socket.ask(1, {
    id: 1,
    op: 'subscribe',
    p: { channels: names.map((channel) => ({ channel })) },
  })
  const bid = { listingId, amountMinor: 5_000, ratePpm: 90_000 }
  const { answer } = await lender.client.placeBid(bid)
  const amendment = { bidId: answer.bidId, amountMinor: 4_000, ratePpm: 90_000 }
  await lender.client.amendBid(amendment)
  const heard = (kind: string, ch: string) =>
    socket.frames.some((frame) => frame.t === kind && 'ch' in frame && frame.ch === ch)
  for (const channel of names)
    for (const kind of ['snapshot', 'delta'])
      await expect.poll(() => heard(kind, channel), { timeout: 10_000 }).toBe(true)
  await expect.poll(() => socket.frames.some(({ t }) => t === 'heartbeat')).toBe(true)
  for (const frame of socket.frames) {
    if (frame.t === 'reply') continue
    const schema =
      frame.t === 'snapshot' || frame.t === 'delta'
        ? channelFrame(frame.t, CHANNELS[frame.ch.split(':')[0] as ChannelFamily][frame.t])
        : GATEWAY_FRAMES[frame.t]
    expect(faultsOf(schema, frame)).toEqual([])
  }
  socket.cut()
})

// ── Good requests ───────────────────────────────────────────────────────────────────────────────

interface Request {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>> | null
  readonly token: string | null
}
const NOTHING: Request = { path: {}, query: {}, body: null, token: null }

async function goodRequest(declared: RouteDeclaration): Promise<Request> {
  const facts = await newFacts(declared.name)
  const path = valuesOf(declared.path, facts)
  const body = declared.body === null ? null : valuesOf(declared.body, facts)
  const places = Object.entries(path).map(([name, value]) => [name, String(value)])
  const { token } = await caller(declared.access, declared.name)
  return { path: Object.fromEntries(places) as Request['path'], query: {}, body, token }
}

async function goodParams(name: OperationName, params: z.ZodObject): Promise<object> {
  return valuesOf(params, await newFacts(name))
}

type Facts = Readonly<Record<string, unknown>>

/** What a field of each name may hold just now; new for each request, because a command ends things. */
async function newFacts(name: string): Promise<Facts> {
  const isReviewed = name === 'listing.approve' || name === 'listing.reject'
  const { bidId, listingId, borrowerId, key } = await newBid(lender, isReviewed)
  const isAsked = name === 'outcome.get' || name === 'bid.find'
  const email = `walker-${keys.next()}@test.example`
  return {
    key: isAsked ? key : keys.next(),
    bidId,
    listingId,
    borrowerId,
    accountId: lender.accountId,
    amountMinor: 10_000,
    minBidMinor: 2_500,
    ratePpm: 100_000,
    termMonths: 12,
    openMs: 60_000,
    email: name === 'session.start' ? lender.email : email,
    password: lender.password,
    name: 'Walker',
    token: lender.token,
    items: [{ key: keys.next(), bidId }],
    channels: name === 'unsubscribe' ? ['market'] : [{ channel: 'market' }],
  }
}

/** What has to be said of a schema's fields; a name that is not known is a test to be completed. */
function valuesOf(schema: z.ZodObject, facts: Facts): Record<string, unknown> {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' }) as {
    readonly properties?: Readonly<Record<string, { readonly enum?: readonly unknown[] }>>
    readonly required?: readonly string[]
  }
  return Object.fromEntries(
    required.map((name) => {
      const [word] = properties[name]?.enum ?? []
      const value = facts[name] ?? word
      if (value === undefined) throw new Error(`no good value is known for ${name}`)
      return [name, value]
    }),
  )
}

/** @param isFull it fills its listing */
async function newBid(person: Person, isFull = false) {
  const { accountId: borrowerId } = borrower
  const amountMinor = isFull ? 20_000 : 5_000_000
  const listingId = await market.openListing({ amountMinor, borrowerId })
  const key = keys.next()
  const bid = { key, listingId, amountMinor: 20_000, ratePpm: 100_000 }
  const reply = await person.client.placeBid(bid, { ack: 'settled' })
  return { bidId: reply.answer.bidId, listingId, borrowerId, key }
}

/** Someone whom the access lets in. A session that is to be ended is one of its own. */
async function caller(access: Access, name = ''): Promise<Person | { readonly token: null }> {
  if (access === 'anyone') return { token: null }
  if (name === 'session.end' || name === 'logout') return market.newInvestor()
  if (access === 'signed-in' || isPermitted(access, ['investor'])) return lender
  return personOf(ROLES.find((role) => isPermitted(access, [role])) ?? 'operator')
}

function personOf(role: Role): Person {
  const person = people[role]
  if (person === undefined) throw new Error(`nobody is ${role}`)
  return person
}

function isOpenTo(access: Access, role: Role): boolean {
  return access === 'anyone' || access === 'signed-in' || isPermitted(access, [role])
}

// ── Asking ──────────────────────────────────────────────────────────────────────────────────────

async function send(
  key: RouteKey,
  { path, query, body, token }: Request,
): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
  const [method = '', template = ''] = key.split(' ')
  const place = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => path[name] ?? '')
  const search = new URLSearchParams(query).toString()
  const url = market.baseUrl + place + (search === '' ? '' : `?${search}`)
  const response = await fetch(url, {
    method,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  })
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, type, text: await response.text() }
}

/** The refusal, in its declared form and with the status of its row. */
async function expectRefusal(
  key: RouteKey,
  request: Partial<Request>,
  code: RejectCode,
  field?: string | RegExp,
): Promise<void> {
  const { status, text } = await send(key, { ...NOTHING, ...request })
  expect([codeOf(text), status], text).toEqual([code, REJECTS[code].http])
  if (field === undefined) return
  const { error } = JSON.parse(text) as { error: { field?: string } }
  if (typeof field === 'string') expect(error.field).toBe(field)
  else expect(error.field).toMatch(field)
}

function codeOf(text: string): RejectCode | 'ok' {
  const answer = JSON.parse(text) as { error?: { code: RejectCode } }
  if (answer.error === undefined) return 'ok'
  expect(faultsOf(errorAnswer, answer)).toEqual([])
  return answer.error.code
}

function faultsOf(schema: z.ZodType, value: unknown): readonly unknown[] {
  const { error } = schema.safeParse(value)
  return error === undefined ? [] : error.issues
}

async function asBorrower(person: Person): Promise<Person> {
  const postgres = new Postgres({ connectionString: market.databaseUrl })
  await postgres.connect()
  await postgres.query(`update person set roles = '{borrower}' where account_id = $1`, [
    person.accountId,
  ])
  await postgres.end()
  const { token } = await person.http.signIn({ email: person.email, password: person.password })
  return { ...person, token }
}
