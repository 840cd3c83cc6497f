/** What the web app weighs on its way to a browser, compressed as it is sent. */
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { WebSocket } from 'ws'

const WEB = new URL('../../web/', import.meta.url)
const ASSETS = new URL('assets/', WEB)
const WAIT_MS_MAX = 20_000

/** As much of a frame as tells the last of a snapshot. */
interface Frame {
  readonly t?: string
  readonly part?: number
  readonly parts?: number
}

export interface Weights {
  /** Script that the market's page asks for before it is whole. */
  readonly firstLoadBytes: number
  readonly largestChunk: { readonly name: string; readonly bytes: number }
  readonly fontBytes: number
}

export function weigh(): Weights {
  const html = readFileSync(new URL('market.en.html', WEB), 'utf8')
  const first = new Set([...html.matchAll(/\/assets\/([^"]+\.js)/g)].map(([, name]) => name ?? ''))
  const names = readdirSync(ASSETS)
  const sizes = names
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, bytes: compressed(name) }))
  const core = /^(core|index)-/
  const chunks = sizes.filter(({ name }) => !core.test(name)).sort((a, b) => b.bytes - a.bytes)
  return {
    firstLoadBytes: sum(sizes.filter(({ name }) => first.has(name)).map(({ bytes }) => bytes)),
    largestChunk: chunks[0] ?? { name: 'none', bytes: 0 },
    fontBytes: sum(
      names
        .filter((name) => name.endsWith('.woff2'))
        .map((name) => readFileSync(new URL(name, ASSETS)).length),
    ),
  }
}

/** What the snapshot of the market takes on the wire to a browser, and how much it is unpacked. */
export async function weighSnapshot(
  baseUrl: string,
): Promise<{ readonly wireBytes: number; readonly plainBytes: number }> {
  const url = `${baseUrl.replace('http', 'ws')}/v1/ws`
  const socket = new WebSocket(url, ['lendbook.v1.json'], { perMessageDeflate: true })
  const timer = setTimeout(() => socket.terminate(), WAIT_MS_MAX)
  try {
    return await new Promise((resolve, fail) => {
      let before = 0
      socket.on('error', fail)
      socket.on('close', () => fail(new Error('the market sent no snapshot')))
      socket.on('open', () => {
        before = read(socket)
        const p = { channels: [{ channel: 'market' }] }
        socket.send(JSON.stringify({ id: 1, op: 'subscribe', p }))
      })
      let plainBytes = 0
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as Frame
        if (frame.t !== 'snapshot') return
        plainBytes += data.length
        if ((frame.part ?? 1) < (frame.parts ?? 1)) return
        resolve({ wireBytes: read(socket) - before, plainBytes })
      })
    })
  } finally {
    clearTimeout(timer)
    socket.removeAllListeners('close')
    socket.close()
  }
}

function read(socket: WebSocket): number {
  return (socket as unknown as { _socket: { bytesRead: number } })._socket.bytesRead
}

function compressed(name: string): number {
  return gzipSync(readFileSync(new URL(name, ASSETS)), { level: 9 }).length
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
