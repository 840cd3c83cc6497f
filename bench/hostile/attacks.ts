/** What one stranger can do to a gateway, as fast as his machine lets him, without a session and without waiting for
 *  answers. Whoever is closed or refused comes back at once. */
import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

export interface Target {
  readonly baseUrl: string
  readonly wsUrl: string
  /** Where he comes from. */
  readonly localAddress: string
}

/** What he has sent, for the table. */
export interface Tally {
  sent: number
}

type Attack = (target: Target, tally: Tally) => Promise<void>

const SUBPROTOCOL = 'lendbook.v1.json'
const SOCKETS = 4
const FRAME_EVERY_MS = 1_000
const FRAMES_PER_TURN = 100
/** More than this waiting in his own process would only slow him down. */
const BUFFERED_BYTES_MAX = 1024 * 1024
const NESTED = `${'['.repeat(120_000)}${']'.repeat(120_000)}`
const REQUESTS_AT_ONCE = 32
const DIALS_AT_ONCE = 64
const CHANNELS = Array.from({ length: 64 }, () => ({ channel: 'market' }))

/** Each for ever. */
export const ATTACKS = {
  'subscribe, 64 × market, 4 sockets': async (target, tally) => {
    const frame = JSON.stringify({ id: 1, op: 'subscribe', p: { channels: CHANNELS } })
    const one = () => flood(target, tally, () => frame, { everyMs: FRAME_EVERY_MS })
    await Promise.all(Array.from({ length: SOCKETS }, one))
  },

  // The same with all that makes the gateway send it again.
  'snapshots asked for anew, 4 sockets': async (target, tally) => {
    const channels = [{ channel: 'market', since: 0, epoch: 1 }]
    const frame = JSON.stringify({ id: 1, op: 'subscribe', p: { channels } })
    await Promise.all(Array.from({ length: SOCKETS }, () => flood(target, tally, () => frame)))
  },

  'unknown operations': (target, tally) =>
    flood(target, tally, () => '{"id":1,"op":"nope","p":{}}'),

  'bid.place without a session': (target, tally) =>
    flood(target, tally, () => '{"id":1,"op":"bid.place","p":{}}'),

  'nested brackets, 240 kB': (target, tally) =>
    flood(target, tally, () => `{"id":1,"op":"ping","p":${NESTED}}`),

  'made-up tokens over HTTP': async (target, tally) => {
    const agent = new Agent({ keepAlive: true, maxSockets: REQUESTS_AT_ONCE })
    const one = async (): Promise<void> => {
      for (;;) await askWithToken(target, agent, tally)
    }
    await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, one))
  },

  connections: async (target, tally) => {
    const one = async (): Promise<void> => {
      for (;;) {
        // Those that are let in are kept.
        await dial(target)
        tally.sent++
      }
    }
    await Promise.all(Array.from({ length: DIALS_AT_ONCE }, one))
  },
} as const satisfies Record<string, Attack>

export type AttackName = keyof typeof ATTACKS

/** Sends what `next` gives, on one socket after the other. */
async function flood(
  target: Target,
  tally: Tally,
  next: () => string,
  { everyMs = 0 } = {},
): Promise<void> {
  for (;;) {
    const socket = await dial(target)
    while (socket?.readyState === WebSocket.OPEN) {
      for (let n = 0; n < (everyMs > 0 ? 1 : FRAMES_PER_TURN); n++) {
        if (socket.bufferedAmount > BUFFERED_BYTES_MAX) break
        socket.send(next(), () => undefined)
        tally.sent++
      }
      await (everyMs > 0 ? sleep(everyMs) : nextTurn())
    }
  }
}

/** @returns null when he is not let in */
function dial({ wsUrl, localAddress }: Target): Promise<WebSocket | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(wsUrl, SUBPROTOCOL, { localAddress, perMessageDeflate: false })
    socket.on('open', () => resolve(socket))
    socket.on('error', () => resolve(null))
  })
}

function askWithToken({ baseUrl, localAddress }: Target, agent: Agent, tally: Tally) {
  const headers = { authorization: `Bearer ${randomBytes(32).toString('base64url')}` }
  return new Promise<void>((resolve) => {
    const asked = request(`${baseUrl}/v1/cash`, { agent, localAddress, headers }, (response) => {
      response.resume()
      response.on('close', resolve)
    })
    asked.on('error', () => resolve())
    asked.end()
    tally.sent++
  })
}
