/** A gateway that speaks HTTPS itself, with a certificate of its own for `localhost`: it lies in tls/, signs nothing
 *  but itself and is good until 2126. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as requestPlain } from 'node:http'
import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createClient, msgpackCodec } from '../../gateway/client/node.ts'
import type { SocketFactory } from '../../gateway/client/index.ts'
import { startMarket } from '../harness/market.ts'
import type { TestMarket } from '../harness/market.ts'

const file = (name: string) => fileURLToPath(new URL(`tls/${name}`, import.meta.url))
const CERTIFICATE = readFileSync(file('localhost.crt'))
const TLS = { TLS_CERT_FILE: file('localhost.crt'), TLS_KEY_FILE: file('localhost.key') }

let market: TestMarket
let port: string

beforeAll(async () => {
  market = await startMarket({ gateways: 3, envOf: { 'gateway-2': TLS, 'gateway-3': TLS } })
  await market.kill('gateway-3')
  port = new URL(market.baseUrls[1] ?? '').port
})
afterAll(() => market.stop())

interface Said {
  readonly status: number
  readonly hsts: string | undefined
  readonly body: string
}

async function ask(path: string, body?: unknown, token?: string): Promise<Said> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const method = body === undefined ? 'GET' : 'POST'
  const sent = request({ host: 'localhost', port, path, method, headers, ca: CERTIFICATE })
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const hsts = answer.headers['strict-transport-security']
  return { status: answer.statusCode ?? 0, hsts, body: await text(answer) }
}

async function signIn(): Promise<string> {
  const { email, password } = await market.newInvestor({ depositMinor: 100_000 })
  const { status, body } = await ask('/v1/sessions', { email, password })
  expect(status).toBe(200)
  return (JSON.parse(body) as { token: string }).token
}

/** What `ws` makes of `wss`, with our certificate for an authority. */
const secureSocket: SocketFactory = (url, subprotocol, listener) => {
  const socket = new WebSocket(url, subprotocol, { ca: CERTIFICATE })
  socket.on('open', () => listener.onOpen())
  socket.on('message', (data: Buffer, isBinary: boolean) =>
    listener.onMessage(isBinary ? data : data.toString()),
  )
  socket.on('error', () => undefined)
  socket.on('close', (code) => listener.onClose(code))
  return {
    send: (data) => socket.send(data),
    close: (code) => (code === undefined ? socket.terminate() : socket.close(code)),
  }
}

test('a person signs in over HTTPS, and every answer says to come back by HTTPS only', async () => {
  const token = await signIn()
  const hsts = 'max-age=31536000'
  expect(await ask('/v1/me', undefined, token)).toMatchObject({ status: 200, hsts })
  expect(await ask('/v1/me')).toMatchObject({ status: 401, hsts })
  expect(await ask('/')).toMatchObject({ status: 200, hsts })
  expect(await ask('/livez')).toMatchObject({ status: 200, hsts })
})

test('and follows the market and bids over wss', async () => {
  const token = await signIn()
  const listingId = await market.openListing()
  const client = createClient({
    url: `wss://localhost:${port}/v1/ws`,
    token,
    codec: msgpackCodec,
    socket: secureSocket,
  })
  const { answer } = await client.placeBid({ listingId, amountMinor: 5_000, ratePpm: 100_000 })
  expect(answer.acceptedMinor).toBe(5_000)
  client.close()
})

test('who does not know the certificate, or speaks plain HTTP, gets nothing', async () => {
  const unknown = request({ host: 'localhost', port, path: '/livez' })
  unknown.end()
  await expect(once(unknown, 'response')).rejects.toThrow(/self-signed certificate/)
  const plain = requestPlain({ host: 'localhost', port, path: '/livez' })
  plain.end()
  await expect(once(plain, 'response')).rejects.toThrow(/socket hang up|ECONNRESET/)
})

test('over plain HTTP nobody is told to come by HTTPS', async () => {
  const { headers } = await fetch(`${market.baseUrl}/livez`)
  expect(headers.get('strict-transport-security')).toBeNull()
})

test.each([
  ['one file without the other', { TLS_KEY_FILE: '' }, /TLS_CERT_FILE.*TLS_KEY_FILE too/],
  ['a file that is not there', { TLS_KEY_FILE: file('nothing.key') }, /cannot be used: name PEM/],
  ['a key of another certificate', { TLS_KEY_FILE: file('other.key') }, /cannot be used: name PEM/],
  [
    'a file that is no PEM',
    { TLS_CERT_FILE: file('../raw-socket.ts') },
    /cannot be used: name PEM/,
  ],
])('%s is refused with one line', async (_what, env, line) => {
  await expect(market.start('gateway-3', env)).rejects.toThrow(line)
})
