/** Who is let in: so many of one network, as many together as there are files for. */
import uws from 'uWebSockets.js'
import type { TemplatedApp } from 'uWebSockets.js'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { SetupFault } from '../../engine/host/index.ts'
import { RateLimits } from '../../gateway/admit/rate-limits.ts'
import { bucketSizes, gatewaySettings } from '../../gateway/config.ts'
import { connectionsMax, descriptorLimit } from '../../gateway/descriptors.ts'
import { Connections } from '../../gateway/http/connections.ts'
import { listen } from '../../gateway/http/listen.ts'
import { networkOf } from '../../gateway/person/network.ts'
import {
  CONNECTIONS_MAX,
  CONNECTIONS_MIN,
  CONNECTIONS_OPENED_BURST_MAX,
  CONNECTIONS_TURNED_AWAY_MAX,
  DESCRIPTORS_RESERVED,
} from '../../schema/index.ts'

let app: TemplatedApp | null = null
afterEach(() => app?.close())

describe('one network has so many WebSockets, and another is not held back', () => {
  test('until one of them goes', () => {
    const connections = keep(100, 3)
    for (let n = 0; n < 3; n++) connections.onOpen('a')
    expect(connections.socketRefusal('a')).toMatchObject({ code: 'busy', retryAfterMs: 5_000 })
    expect(connections.socketRefusal('b')).toBeNull()
    connections.onClose('a')
    expect(connections.socketRefusal('a')).toBeNull()
  })

  test.each([
    ['2001:db8:1:2::7', '2001:0db8:0001:0002:aaaa:0000:0000:0001', true],
    ['2001:db8::1', '2001:db8:0:0:ffff::', true],
    ['2001:db8:1::1', '2001:db8:1:1::1', false],
    ['::1', '0000:0000:0000:0000:0000:0000:0000:0001', true],
    ['192.0.2.1', '192.0.2.2', false],
  ])('%s and %s are one network: %s', (one, other, isSame) => {
    expect(networkOf(one) === networkOf(other)).toBe(isSame)
  })
})

test('what is connected is counted, WebSockets or not, and past what there is room for nobody is heard', async () => {
  const connections = keep(2, 100)
  const port = serve(connections, () => 'a')
  const open = await Promise.all(
    Array.from({ length: 2 + CONNECTIONS_TURNED_AWAY_MAX }, () => dial(port)),
  )
  await expect.poll(() => connections.count).toBe(2 + CONNECTIONS_TURNED_AWAY_MAX)
  expect(connections.refusal()).toMatchObject({ code: 'busy' })
  const further = await dial(port)
  await further.isClosed
  expect(connections.count).toBe(2 + CONNECTIONS_TURNED_AWAY_MAX)
  for (const { close } of open) close()
  await expect.poll(() => connections.count).toBe(0)
  expect(connections.refusal()).toBeNull()
})

test('one network opens so many at once, and a proxy of ours as many as it likes', async () => {
  const limits = new RateLimits(bucketSizes(gatewaySettings.parse({})), () => 0)
  const connections = new Connections({ max: 100, perNetworkMax: 100, limits })
  let network: string | null = 'a'
  const port = serve(connections, () => network)
  limits.take('connections', 'a', CONNECTIONS_OPENED_BURST_MAX)
  await (
    await dial(port)
  ).isClosed
  expect(connections.turnedAway).toBe(1)
  network = null
  const proxy = await dial(port)
  await expect.poll(() => connections.count).toBe(1)
  proxy.close()
})

describe('at the start', () => {
  const beside = DESCRIPTORS_RESERVED + CONNECTIONS_TURNED_AWAY_MAX

  test('with files enough all connections are taken, and nothing is said', () => {
    expect(start(beside + CONNECTIONS_MAX)).toEqual([CONNECTIONS_MAX, []])
    expect(start(Number.POSITIVE_INFINITY)).toEqual([CONNECTIONS_MAX, []])
  })

  test('with fewer the limit is lowered, and one line says so', () => {
    const descriptorsWanted = beside + CONNECTIONS_MAX
    const line = { at: 'connections-lowered', connections: 1_000, descriptors: beside + 1_000 }
    expect(start(beside + 1_000)).toEqual([1_000, [{ ...line, descriptorsWanted }]])
  })

  test('with far too few the gateway does not start', () => {
    expect(() => start(beside + CONNECTIONS_MIN - 1)).toThrow(SetupFault)
    expect(() => start(1)).toThrow(/may have only 1 files open: allow 448 at least/)
  })

  test('the kernel tells how many there are', () => {
    expect(descriptorLimit()).toBeGreaterThan(16)
  })
})

function start(descriptors: number): readonly [number, readonly object[]] {
  const lines: object[] = []
  const log = { info() {}, error() {}, warn: (line: object) => lines.push(line) }
  return [connectionsMax(log, descriptors), lines]
}

function keep(max: number, perNetworkMax: number): Connections {
  const limits = new RateLimits(bucketSizes(gatewaySettings.parse({})), () => 0)
  return new Connections({ max, perNetworkMax, limits })
}

function serve(connections: Connections, findNetwork: () => string | null): number {
  app = uws.App()
  connections.watch(app, findNetwork)
  app.get('/*', (response) => {
    response.end('heard')
  })
  return listen(app, '127.0.0.1', 0).port
}

function dial(port: number): Promise<{ close: () => void; isClosed: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const isClosed = new Promise<void>((closed) => socket.on('close', () => closed()))
    socket.on('error', reject)
    socket.on('connect', () => resolve({ close: () => socket.destroy(), isClosed }))
    socket.resume()
  })
}
