import { afterEach, expect, test } from 'vitest'
import {
  ClientClosed,
  createClient,
  jsonCodec,
  KeyMaker,
  RequestRefused,
  RequestUnanswered,
} from '../../gateway/client/index.ts'
import type { Client, ClientOptions } from '../../gateway/client/index.ts'
import { nodeSocket } from '../../gateway/client/node.ts'
import { CLOSE_CODES, keySchema, keyTimeMs, reject } from '../../schema/index.ts'
import type { Sequence } from '../../schema/index.ts'
import { CashPicture } from './market-picture.ts'
import { HandClock, ScriptedGateway } from './scripted-gateway.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const BID = { listingId: 1, amountMinor: 1_000, ratePpm: 1 }
const REPLY = {
  stage: 'durable',
  sequence: 1,
  atMs: 1,
  isRepeated: false,
  answer: { kind: 'BidPlaced' },
}

test('a command that was under way when the line broke is sent again with the same key', async () => {
  const { gateway, client, clock } = await connected()
  gateway.answer = () => null
  const reply = client.placeBid(BID)
  await expect.poll(() => gateway.ops()).toEqual(['bid.place'])
  gateway.answer = () => REPLY
  gateway.cut()
  await reconnected(gateway, clock, 2)
  expect(await reply).toEqual(REPLY)
  const [first, second] = gateway.requests
  expect(second?.p['key']).toBe(first?.p['key'])
})

test('an unknown outcome and a busy market are tried again, a wrong request is not', async () => {
  const { gateway, client, clock } = await connected()
  const answers = [
    reject('journal-unavailable', { retryAfterMs: 1_000 }),
    reject('busy', { retryAfterMs: 500 }),
  ]
  gateway.answer = () => answers.shift() ?? REPLY
  const reply = client.placeBid(BID)
  await expect.poll(() => gateway.requests.length).toBe(1)
  await passUntil(clock, () => gateway.requests.length === 3)
  expect(await reply).toEqual(REPLY)
  expect(new Set(gateway.requests.map((request) => request.p['key'])).size).toBe(1)

  gateway.answer = () => reject('insufficient-funds')
  const refusal = await client.placeBid(BID).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(RequestRefused)
  expect((refusal as RequestRefused).code).toBe('insufficient-funds')
})

test('what was sent before the line broke is not told to be refused by one who did not look at it', async () => {
  const { gateway, client, clock } = await connected()
  gateway.answer = () => null
  const said = client.placeBid(BID, { timeoutMs: 5_000 }).catch((error: unknown) => error)
  await expect.poll(() => gateway.ops()).toEqual(['bid.place'])
  gateway.answer = () => reject('busy', { retryAfterMs: 60_000 })
  gateway.cut()
  await reconnected(gateway, clock, 2)
  expect(await said).toBeInstanceOf(RequestUnanswered)
  const refused = await client.placeBid(BID, { timeoutMs: 5_000 }).catch((error: unknown) => error)
  expect((refused as RequestRefused).code).toBe('busy')
})

test('whoever wants to hear of busy at once can', async () => {
  const { gateway, client } = await connected()
  gateway.answer = () => reject('busy', { retryAfterMs: 500 })
  await expect(client.placeBid(BID, { isRetried: false })).rejects.toThrow('busy')
})

test('without an answer in time the outcome is not known, and said to be so', async () => {
  const { gateway, client, clock } = await connected()
  gateway.answer = () => null
  const reply = client.placeBid(BID, { timeoutMs: 2_000 }).catch((error: unknown) => error)
  await expect.poll(() => gateway.requests.length).toBe(1)
  clock.pass(2_100)
  expect(await reply).toBeInstanceOf(RequestUnanswered)
  expect(client.openRequests).toBe(0)
})

test('requests asked for before there is a connection go out in order once there is', async () => {
  const gateway = await ScriptedGateway.open()
  closing.push(() => gateway.close())
  gateway.answer = () => REPLY
  const client = open(gateway, new HandClock(), { token: 'a token' })
  await Promise.all([client.placeBid(BID), client.cancelBid({ bidId: 1 })])
  expect(gateway.ops()).toEqual(['logon', 'bid.place', 'bid.cancel'])
})

test('after a break the client logs on again and resumes each channel from where it was', async () => {
  const { gateway, client, clock } = await connected({ token: 'a token' })
  const picture = new CashPicture()
  gateway.answer = ({ op }) => (op === 'subscribe' ? followed(false, 10) : {})
  client.subscribe('cash', picture)
  await expect.poll(() => gateway.ops()).toEqual(['logon', 'subscribe'])
  frame(gateway, 'snapshot', 10, 10, 500)
  frame(gateway, 'delta', 12, 10, 400)
  await expect.poll(() => picture.cash?.availableMinor).toBe(400)
  gateway.requests.length = 0
  gateway.answer = ({ op }) => (op === 'subscribe' ? followed(true, 14) : {})
  gateway.cut()
  await reconnected(gateway, clock, 2)
  await expect.poll(() => gateway.ops()).toEqual(['logon', 'subscribe'])
  expect(gateway.requests[1]?.p['channels']).toEqual([{ channel: 'cash', since: 12, epoch: 1 }])
  frame(gateway, 'delta', 14, 12, 300)
  await expect.poll(() => picture.cash?.availableMinor).toBe(300)
})

test('whoever logs on next gets a picture of their own, also when they did while the line was down', async () => {
  const { gateway, client, clock } = await connected()
  const picture = new CashPicture()
  const accounts: Readonly<Record<string, number>> = { 'of 1': 1, 'of 1 again': 1, 'of 2': 2 }
  gateway.answer = ({ op, p }) =>
    op === 'subscribe' ? followed(false, 10) : { accountId: accounts[String(p['token'])] }
  await client.logon('of 1')
  client.subscribe('cash', picture)
  await expect.poll(() => gateway.ops()).toEqual(['logon', 'subscribe'])
  frame(gateway, 'snapshot', 10, 10, 500)
  await expect.poll(() => picture.cash?.availableMinor).toBe(500)
  const asked = (): unknown => gateway.requests.at(-1)?.p['channels']

  await client.logon('of 1 again')
  await expect.poll(asked).toEqual([{ channel: 'cash', since: 10, epoch: 1 }])
  await client.logon('of 2')
  await expect.poll(asked).toEqual([{ channel: 'cash' }])
  frame(gateway, 'delta', 12, 10, 400)
  frame(gateway, 'snapshot', 11, 11, 7)
  await expect.poll(() => picture.cash?.availableMinor).toBe(7)

  gateway.cut()
  await expect.poll(() => client.state).toBe('connecting')
  await client.logon('of 1')
  await reconnected(gateway, clock, 2)
  await expect.poll(asked).toEqual([{ channel: 'cash' }])
})

test('a gap makes the channel stale and has it asked for again; frames of before are let go', async () => {
  const { gateway, client } = await connected({ token: 'a token' })
  const heard: string[] = []
  gateway.answer = ({ op }) => (op === 'subscribe' ? followed(false, 1) : {})
  client.subscribe('cash', {
    onSnapshot: ({ availableMinor }) => heard.push(`snapshot ${availableMinor}`),
    onDelta: ({ availableMinor }) => heard.push(`delta ${availableMinor}`),
    onStale: () => heard.push('stale'),
    onFresh: () => heard.push('fresh'),
  })
  await expect.poll(() => gateway.ops()).toEqual(['logon', 'subscribe'])
  frame(gateway, 'snapshot', 1, 1, 1)
  frame(gateway, 'delta', 5, 3, 5)
  frame(gateway, 'delta', 6, 5, 6)
  await expect.poll(() => gateway.ops()).toEqual(['logon', 'subscribe', 'subscribe'])
  frame(gateway, 'snapshot', 6, 6, 6)
  await expect.poll(() => heard).toEqual(['snapshot 1', 'fresh', 'stale', 'snapshot 6', 'fresh'])
})

test('one channel that is refused does not take the others of the same request with it', async () => {
  const { gateway, client, clock } = await connected()
  const heard: string[] = []
  gateway.answer = () => followed(false, 1)
  client.subscribe('market', { onSnapshot: () => heard.push('market'), onDelta: () => {} })
  client.subscribe('listing:9', {
    onSnapshot: () => heard.push('listing'),
    onDelta: () => {},
    onRefused: (code) => heard.push(code),
  })
  await expect.poll(() => gateway.requests.length).toBe(2)
  gateway.requests.length = 0
  const channelsOf = ({ p }: { p: object }) => (p as { channels: { channel: string }[] }).channels
  gateway.answer = (request) =>
    channelsOf(request).some(({ channel }) => channel === 'listing:9')
      ? reject('listing-unknown')
      : { channels: [{ channel: 'market', epoch: 1, recovered: false, sequence: 1 }] }
  gateway.cut()
  await reconnected(gateway, clock, 2)
  await expect.poll(() => heard).toEqual(['listing-unknown'])
  const asked = gateway.requests.map((request) => channelsOf(request).map(({ channel }) => channel))
  expect(asked).toEqual([['market', 'listing:9'], ['market'], ['listing:9']])
  gateway.say({ t: 'snapshot', ch: 'market', epoch: 1, seq: 1 as Sequence, d: { listings: [] } })
  await expect.poll(() => heard).toEqual(['listing-unknown', 'market'])
})

test('a channel that the gateway cannot serve just now is asked for until it can', async () => {
  const { gateway, client, clock } = await connected()
  let isAway = true
  const away = reject('records-unavailable', { retryAfterMs: 1_000 })
  gateway.answer = () => (isAway ? away : followed(false, 1))
  const heard: string[] = []
  client.subscribe('listing:9', {
    onSnapshot: () => heard.push('snapshot'),
    onDelta: () => {},
    onRefused: (code) => heard.push(code),
  })
  await passUntil(clock, () => gateway.requests.length > 12)
  expect(heard).toEqual([])
  isAway = false
  const before = gateway.requests.length
  await passUntil(clock, () => gateway.requests.length > before)
  expect(heard).toEqual([])
})

test('a gateway that says goodbye gets nothing new, and is come back to when it said', async () => {
  const { gateway, client, clock } = await connected()
  gateway.answer = () => REPLY
  gateway.say({ t: 'goaway', reconnectAfterMs: 1_500 })
  gateway.end(CLOSE_CODES.goaway)
  await expect.poll(() => client.state).toBe('connecting')
  const reply = client.placeBid(BID)
  clock.pass(1_499)
  expect(gateway.connections).toBe(1)
  clock.pass(1)
  expect(await reply).toEqual(REPLY)
  expect(gateway.connections).toBe(2)
})

test('a session that ended is told, and public channels go on without it', async () => {
  const { gateway, client, clock } = await connected({ token: 'a token' })
  let isSignedOut = false
  client.listen({ onSignedOut: () => (isSignedOut = true) })
  gateway.requests.length = 0
  gateway.end(CLOSE_CODES['session-expired'])
  await reconnected(gateway, clock, 2)
  expect(isSignedOut).toBe(true)
  await client.request('ping', {})
  expect(gateway.ops()).toEqual(['ping'])
})

test('while the gateway cannot look up the session, commands wait and the session is kept', async () => {
  const gateway = await ScriptedGateway.open()
  closing.push(() => gateway.close())
  const clock = new HandClock()
  let isAway = true
  const away = reject('records-unavailable', { retryAfterMs: 1_000 })
  gateway.answer = ({ op }) => (op === 'logon' && isAway ? away : REPLY)
  const client = open(gateway, clock, { token: 'a token' })
  const reply = client.placeBid(BID, { timeoutMs: 60_000 })
  await passUntil(clock, () => gateway.requests.length > 12)
  expect(new Set(gateway.ops())).toEqual(new Set(['logon']))
  isAway = false
  await passUntil(clock, () => client.state === 'connected')
  expect(await reply).toEqual(REPLY)
})

test('a gateway of another protocol is not come back to', async () => {
  const { gateway, client } = await connected()
  gateway.answer = () => null
  const reply = client.placeBid(BID).catch((error: unknown) => error)
  gateway.end(CLOSE_CODES['protocol-error'])
  expect(await reply).toBeInstanceOf(ClientClosed)
  expect(client.state).toBe('closed')
})

test('a line that has gone silent is given up', async () => {
  const { gateway, client, clock } = await connected()
  clock.pass(10_100)
  expect(client.state).toBe('connecting')
  await reconnected(gateway, clock, 2)
})

test('with several gateways the next one is tried', async () => {
  const [gone, there] = [await ScriptedGateway.open(), await ScriptedGateway.open()]
  closing.push(() => there.close())
  await gone.close()
  const clock = new HandClock()
  const client = open(there, clock, { url: [gone.url, there.url] })
  await passUntil(clock, () => client.state === 'connected')
  expect(there.connections).toBe(1)
})

test('closing tells whoever waits', async () => {
  const { gateway, client } = await connected()
  gateway.answer = () => null
  const reply = client.placeBid(BID).catch((error: unknown) => error)
  client.close()
  expect(await reply).toBeInstanceOf(ClientClosed)
  await expect(client.placeBid(BID)).rejects.toThrow(ClientClosed)
})

test('keys are UUIDv7, rise strictly, and carry their time', () => {
  let now = 1_700_000_000_000
  const maker = new KeyMaker(() => now)
  const keys = Array.from({ length: 10_000 }, () => maker.next())
  now += 1_000
  keys.push(maker.next())
  for (const key of keys.slice(0, 50)) expect(keySchema.safeParse(key).success).toBe(true)
  expect(keys).toEqual(keys.toSorted())
  expect(new Set(keys).size).toBe(keys.length)
  expect(keyTimeMs(keys[0] ?? maker.next())).toBe(1_700_000_000_000)
})

test('keys are made by the clock of the gateway, also when ours is found to be wrong by hours', async () => {
  const { gateway, client, clock } = await connected()
  let heard = 0
  client.listen({ onHeartbeat: () => void heard++ })
  expect(keyTimeMs(client.nextKey())).toBe(clock.now())
  for (const apartMs of [-3 * 3_600_000, 3_600_000, -20_000]) {
    const before = heard
    gateway.say({ t: 'heartbeat', atMs: clock.now() + apartMs })
    await expect.poll(() => heard).toBe(before + 1)
    const keys = [client.nextKey(), client.nextKey()]
    expect(keys.map(keyTimeMs)).toEqual([clock.now() + apartMs, clock.now() + apartMs])
    expect(new Set(keys).size).toBe(2)
  }
})

async function connected(options: Partial<ClientOptions> = {}) {
  const gateway = await ScriptedGateway.open()
  closing.push(() => gateway.close())
  const clock = new HandClock()
  const client = open(gateway, clock, options)
  await expect.poll(() => client.state).toBe('connected')
  return { gateway, client, clock }
}

function open(gateway: ScriptedGateway, clock: HandClock, options: Partial<ClientOptions>): Client {
  const client = createClient({
    url: gateway.url,
    codec: jsonCodec,
    socket: nodeSocket,
    clock,
    random: () => 0.5,
    ...options,
  })
  closing.push(() => client.close())
  return client
}

async function reconnected(
  gateway: ScriptedGateway,
  clock: HandClock,
  count: number,
): Promise<void> {
  await passUntil(clock, () => gateway.connections === count)
}

/** Lets the client's time pass, a little at a time, while the real line does its work. */
async function passUntil(clock: HandClock, isTrue: () => boolean): Promise<void> {
  await expect
    .poll(
      () => {
        if (!isTrue()) clock.pass(60)
        return isTrue()
      },
      { interval: 5, timeout: 10_000 },
    )
    .toBe(true)
}

function followed(recovered: boolean, seq: number) {
  return { channels: [{ channel: 'cash', epoch: 1, seq, recovered }] }
}

function frame(
  gateway: ScriptedGateway,
  t: 'snapshot' | 'delta',
  seq: number,
  prev: number,
  availableMinor: number,
): void {
  const [at, before] = [seq as Sequence, prev as Sequence]
  gateway.say({
    t,
    ch: 'cash',
    epoch: 1,
    seq: at,
    prev: before,
    d: { availableMinor, heldMinor: 0 },
  })
}
