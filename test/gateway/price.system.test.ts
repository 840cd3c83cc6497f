/** Anyone can ask for anything, and nobody makes everybody wait: each way to do so ends at its price. Whoever attacks
 *  comes from an address of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { request } from 'node:http'
import { Client as Postgres } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { programOf } from '../../deploy/local/project.ts'
import {
  ANONYMOUS_BURST_MAX,
  CONNECTIONS_MIN,
  CONNECTIONS_TURNED_AWAY_MAX,
  DESCRIPTORS_RESERVED,
  LIMITED_BURST_MAX,
  SNAPSHOT_PART_PRICE,
  SUBSCRIPTION_PRICE,
  UNKNOWN_TOKENS_BURST_MAX,
} from '../../schema/index.ts'
import type { ServerFrame } from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { RawSocket, refusalOf } from './raw-socket.ts'

const PER_NETWORK = 8

let market: TestMarket
let investor: Person
let postgres: Postgres
beforeAll(async () => {
  market = await startMarket({ env: { CONNECTIONS_PER_NETWORK: String(PER_NETWORK) } })
  investor = await market.newInvestor({ depositMinor: 100_000_000 })
  await market.openListing({ amountMinor: 25_000_000 })
  postgres = new Postgres({ connectionString: market.databaseUrl })
  await postgres.connect()
})
afterAll(async () => {
  await postgres.end()
  await market.stop()
})

const from = (address: string, token?: string) =>
  RawSocket.open(market.wsUrl, 'lendbook.v1.json', token, false, address)
const isSnapshot = (frame: ServerFrame) => frame.t === 'snapshot'
const isReply = (frame: ServerFrame) => frame.t === 'reply'
const market64 = { channels: Array.from({ length: 64 }, () => ({ channel: 'market' })) }

test('a frame that names one channel sixty-four times makes one snapshot, and the next frame none', async () => {
  const raw = await from('127.0.1.1')
  for (const id of [1, 2])
    expect(await raw.ask(id, { id, op: 'subscribe', p: market64 })).toMatchObject({
      r: { channels: [{ channel: 'market', recovered: id === 2 }] },
    })
  await raw.ask(3, { id: 3, op: 'ping', p: {} })
  expect(raw.frames.filter(isSnapshot)).toHaveLength(1)
  const since = { channels: [{ channel: 'market', since: 0, epoch: 1 }] }
  await raw.ask(4, { id: 4, op: 'subscribe', p: since })
  await raw.ask(5, { id: 5, op: 'ping', p: {} })
  expect(raw.frames.filter(isSnapshot)).toHaveLength(2)
  raw.cut()
})

test('whoever asks for snapshot after snapshot has as many as the network pays for', async () => {
  const raw = await from('127.0.1.2')
  const since = { channels: [{ channel: 'market', since: 0, epoch: 1 }] }
  const asked = 1_000
  for (let id = 1; id <= asked; id++) await raw.sendFrame({ id, op: 'subscribe', p: since })
  await raw.reply(asked)
  const snapshots = raw.frames.filter(isSnapshot).length
  const price = SUBSCRIPTION_PRICE + SNAPSHOT_PART_PRICE
  expect(snapshots).toBeGreaterThanOrEqual(Math.floor(ANONYMOUS_BURST_MAX / price) - 1)
  expect(snapshots).toBeLessThan(2 * (ANONYMOUS_BURST_MAX / price))
  raw.cut()
})

test.each([
  ['unknown operations', '127.0.1.3', { op: 'nope', p: {} }, 'operation-unknown op'],
  ['bids without a session', '127.0.1.4', { op: 'bid.place', p: {} }, 'not-logged-on'],
])(
  '%s are refused, then told to slow down, then closed, and whoever comes back is not let in',
  async (_, address, frame, refusal) => {
    const raw = await from(address)
    const sent = ANONYMOUS_BURST_MAX + 2 * LIMITED_BURST_MAX
    for (let id = 1; id <= sent && raw.closeCode === null; id++)
      await raw.sendFrame({ id, ...frame })
    expect(await raw.untilClosed()).toBe(4003)
    const heard = raw.frames.filter(isReply)
    const codes = new Set(heard.map(refusalOf))
    expect([...codes]).toEqual([refusal, 'rate-limited'])
    // Each by its own number, though those that are not paid are not read.
    expect(heard.at(-1)?.id).toBe(heard.length)
    expect(await statusOf(address)).toBe(429)
    expect((await investor.http.ask('GET /v1/me')).email).toBe(investor.email)
    const elsewhere = await from('127.0.1.5')
    expect(refusalOf(await elsewhere.ask(1, { id: 1, op: 'ping', p: {} }))).toBe('ok')
    elsewhere.cut()
  },
)

test('an account that floods with nonsense is closed too, and its bids were not what paid for it', async () => {
  const gone = await market.newInvestor()
  const raw = await from('127.0.1.6', gone.token)
  for (let id = 1; raw.closeCode === null && id <= 30_000; id++)
    await raw.sendFrame({ id, op: 'nope', p: {} })
  expect(await raw.untilClosed()).toBe(4003)
})

test('brackets in brackets are refused unread, and paid by their size', async () => {
  const nested = '['.repeat(120_000) + ']'.repeat(120_000)
  const address = '127.0.1.7'
  const codes: string[] = []
  // Too many of them on one socket are another protocol.
  for (const count of [5, 5]) {
    const raw = await from(address)
    for (let id = 1; id <= count; id++) await raw.send(`{"id":${id},"op":"ping","p":${nested}}`)
    await expect.poll(() => raw.frames.filter(isReply).length).toBe(count)
    codes.push(...raw.frames.filter(isReply).map(refusalOf))
    raw.cut()
  }
  expect(codes.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 'frame-malformed'))
  expect(codes.at(-1)).toBe('rate-limited')
  const elsewhere = await ask('127.0.1.8', { method: 'POST', path: '/v1/sessions' }, nested)
  expect(elsewhere).toMatchObject({ status: 400, body: { error: { code: 'frame-malformed' } } })
})

test('made-up tokens are looked up so often, then told to slow down, and nobody with a session is', async () => {
  const address = '127.0.1.9'
  const before = await lookUps()
  const statuses: number[] = []
  for (let n = 0; n < 2 * UNKNOWN_TOKENS_BURST_MAX; n++)
    statuses.push((await withToken(address, `made-up-${n}`)).status)
  const refused = statuses.filter((status) => status === 401).length
  expect(refused).toBeGreaterThanOrEqual(UNKNOWN_TOKENS_BURST_MAX)
  expect(refused).toBeLessThan(1.5 * UNKNOWN_TOKENS_BURST_MAX)
  expect(statuses.at(-1)).toBe(429)
  expect((await withToken(address, investor.token)).status).toBe(200)
  // The same one again is known to be nobody's.
  expect((await withToken('127.0.1.10', 'made-up-0')).status).toBe(401)
  await expect.poll(lookUps, { timeout: 10_000 }).toBeGreaterThan(before)
  expect((await lookUps()) - before).toBeLessThan(2 * UNKNOWN_TOKENS_BURST_MAX)
})

test('one address has so many WebSockets, hears busy beyond, and leaves room for all others', async () => {
  const address = '127.0.1.11'
  const held = await Promise.all(Array.from({ length: PER_NETWORK }, () => from(address)))
  expect(await statusOf(address)).toBe(503)
  const elsewhere = await from('127.0.1.12')
  elsewhere.cut()
  held[0]?.cut()
  await expect.poll(() => statusOf(address)).toBe(101)
  for (const raw of held) raw.cut()
})

test('with few files a gateway takes fewer connections, tells the rest that it is busy, and still says that it lives', async () => {
  const room = CONNECTIONS_MIN
  const files = DESCRIPTORS_RESERVED + CONNECTIONS_TURNED_AWAY_MAX + room
  const gateway = await startWithFiles(files)
  expect(gateway.log()).toContain(`"at":"connections-lowered","connections":${room}`)
  const dial = (n: number) =>
    new Promise<() => void>((resolve) => {
      const localAddress = `127.0.2.${(n % 250) + 1}`
      const socket = connect({ port: gateway.port, host: '127.0.0.1', localAddress })
      socket.on('connect', () => resolve(() => socket.destroy()))
      socket.on('error', () => resolve(() => undefined))
    })
  const dialled = await Promise.all(Array.from({ length: files + 200 }, (_, n) => dial(n)))
  const livez = await fetch(`http://127.0.0.1:${gateway.opsPort}/livez`)
  expect(livez.status).toBe(200)
  for (const hangUp of dialled.slice(room + 20)) hangUp()
  await expect
    .poll(async () => (await ask('127.0.2.7', { port: gateway.port, path: '/v1/market' })).status)
    .toBe(503)
  for (const hangUp of dialled) hangUp()
  await gateway.stop()
})

test('with far too few files it does not start, and one line says what to allow', async () => {
  const { code, log } = await runWithFiles(DESCRIPTORS_RESERVED + CONNECTIONS_TURNED_AWAY_MAX)
  expect(code).toBe(2)
  expect(log.trim().split('\n').at(-1)).toContain('may have only 384 files open')
})

/** How often a session was looked for in Postgres, as its table tells. */
async function lookUps(): Promise<number> {
  await postgres.query('select pg_stat_clear_snapshot()')
  const { rows } = await postgres.query<{ scans: string }>(
    `select seq_scan + idx_scan as scans from pg_stat_user_tables where relname = 'session'`,
  )
  return Number(rows[0]?.scans)
}

/** What a new WebSocket is answered: 101 when it is opened, which it is only for a moment. */
function statusOf(localAddress: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(market.wsUrl, 'lendbook.v1.json', { localAddress })
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.on('error', reject)
  })
}

function withToken(address: string, token: string): Promise<{ status: number }> {
  return ask(address, { path: '/v1/market', headers: { authorization: `Bearer ${token}` } })
}

function ask(
  localAddress: string,
  options: { method?: string; path: string; port?: number; headers?: Record<string, string> },
  body = '',
): Promise<{ status: number; body: unknown }> {
  const { port } = new URL(market.baseUrl)
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, localAddress, ...options }, (response) => {
      let text = ''
      response.on('data', (bytes: Buffer) => (text += bytes.toString()))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }),
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** A second gateway of the market, of a process that may have so many files open. */
function spawnWithFiles(files: number) {
  const child = spawn(
    '/bin/sh',
    ['-c', `ulimit -n ${files}; exec "$@"`, 'sh', process.execPath, programOf('gateway')],
    {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: market.databaseUrl,
        JOURNAL_REDIS_URL: market.journalAs('gateway'),
        HOST: '127.0.0.1',
        PORT: '0',
      },
    },
  )
  let said = ''
  let log = ''
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (log += bytes.toString()))
  return { child, said: () => said, log: () => log }
}

async function startWithFiles(files: number) {
  const { child, said, log } = spawnWithFiles(files)
  await expect.poll(said, { timeout: 20_000 }).toContain('opsPort')
  const { port, opsPort } = JSON.parse(said()) as { port: number; opsPort: number }
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { port, opsPort, log, stop }
}

async function runWithFiles(files: number): Promise<{ code: unknown; log: string }> {
  const { child, log } = spawnWithFiles(files)
  const [code] = (await once(child, 'exit')) as [unknown]
  return { code, log: log() }
}
