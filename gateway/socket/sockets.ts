/** All WebSockets of this gateway: how they open, what keeps them honest, how they end. */
import uws from 'uWebSockets.js'
import type { HttpRequest, HttpResponse, TemplatedApp, us_socket_context_t } from 'uWebSockets.js'
import {
  BUFFERED_BYTES_MAX,
  CHANNEL_FAMILIES,
  CONNECTION_PRICE,
  MESSAGE_BYTES_MAX,
  parseChannel,
  reject,
  SUBPROTOCOLS,
} from '../../schema/index.ts'
import type { ChannelFrame, HelloFrame, Reject, ServerFrame } from '../../schema/index.ts'
import type { Feed } from '../feed/feed.ts'
import { refuseHttp } from '../http/answer.ts'
import type { Connections } from '../http/connections.ts'
import type { Door } from '../http/door.ts'
import { isSameOrigin } from '../http/origin.ts'
import { networkOf } from '../person/network.ts'
import { Connection, topicOf } from './connection.ts'
import type { SocketData } from './connection.ts'
import { dispatch } from './dispatch.ts'
import type { Dispatching } from './dispatch.ts'
import { leavePrivate } from './handlers.ts'
import type { Outgoing } from './outgoing.ts'
import { chooseWire, WIRES } from './wire.ts'

export const SOCKET_PATH = '/v1/ws'

/** Nothing heard for so long: is it still there? Twice as long again: it is not. */
const QUIET_MS_MAX = 16_000

interface Options {
  readonly app: TemplatedApp
  readonly door: Door
  readonly connections: Connections
  readonly outgoing: Outgoing
  readonly dispatching: Dispatching
  readonly hello: () => HelloFrame
  /** null: connections are taken */
  readonly refusal: () => Reject | null
  readonly onFault: (error: unknown) => void
}

export class Sockets {
  readonly #options: Options
  readonly #connections = new Set<Connection>()
  /** How often a reader was so far behind that public channels were conflated for it. */
  conflated = 0
  slowReaders = 0

  constructor(options: Options) {
    this.#options = options
    options.app.ws<SocketData>(SOCKET_PATH, {
      maxPayloadLength: 4 * MESSAGE_BYTES_MAX,
      maxBackpressure: 2 * BUFFERED_BYTES_MAX,
      // Typed as a number, taken as a truth value.
      closeOnBackpressureLimit: 1,
      // Parts of snapshots only, for those who offer it: less than a tenth of the bytes, no memory for each socket.
      compression: uws.SHARED_COMPRESSOR,
      idleTimeout: 120,
      sendPingsAutomatically: false,
      upgrade: (response, request, context) => this.#onUpgrade(response, request, context),
      open: (ws) => this.#onOpen(ws.getUserData().connection, ws),
      message: (ws, bytes, isBinary) =>
        this.#onMessage(ws.getUserData().connection, bytes, isBinary),
      drain: (ws) => ws.getUserData().connection.pump(),
      pong: (ws) => this.#onHeard(ws.getUserData().connection),
      ping: (ws) => this.#onHeard(ws.getUserData().connection),
      close: (ws) => this.#onClose(ws.getUserData().connection),
    })
  }

  get count(): number {
    return this.#connections.size
  }

  get bufferedBytes(): number {
    let bytes = 0
    for (const connection of this.#connections) bytes += connection.bufferedBytes
    return bytes
  }

  /** To everyone who joined the channel, encoded once for each subprotocol. */
  publish(frame: ChannelFrame): void {
    const { app, outgoing } = this.#options
    for (const name of SUBPROTOCOLS) {
      const wire = WIRES[name]
      const topic = topicOf(wire, frame.ch)
      if (app.numSubscribers(topic) > 0)
        app.publish(topic, outgoing.encode(frame, wire), wire.isBinary)
    }
  }

  broadcast(frame: ServerFrame): void {
    for (const connection of this.#connections) connection.send(frame)
  }

  /** Stops public channels for readers that are far behind, and brings back those who caught up. */
  checkLag(feed: Feed, nowMs: number): void {
    for (const connection of this.#connections) {
      if (connection.isStalled(nowMs)) connection.end('slow-reader')
      connection.pump()
      const change = connection.checkLag(isPublic)
      if (change === 'fell-behind') this.conflated++
      if (change === 'caught-up')
        for (const channel of connection.following)
          if (isPublic(channel)) feed.refresh(connection, channel)
    }
  }

  /** Asks the quiet ones whether they live, ends those that do not and those whose session is over. */
  sweep(nowMs: number): void {
    for (const connection of this.#connections) {
      const quietMs = nowMs - connection.heardAtMs
      if (connection.session !== null && connection.session.expiresAtMs <= nowMs)
        connection.end('session-expired')
      else if (quietMs > 3 * QUIET_MS_MAX) connection.cut()
      else if (quietMs > QUIET_MS_MAX) connection.ping()
    }
  }

  /** A session was ended, here or elsewhere. The connection that asked for it has already left it. */
  endSession(tokenHash: string): void {
    for (const connection of this.#connections)
      if (connection.session?.tokenHash === tokenHash) connection.end('session-expired')
  }

  /** The sessions that sockets are open for, by the hash of their tokens. */
  openSessions(): ReadonlySet<string> {
    const hashes = new Set<string>()
    for (const { session } of this.#connections) if (session !== null) hashes.add(session.tokenHash)
    return hashes
  }

  closeAll(): void {
    for (const connection of this.#connections) connection.end('goaway')
  }

  #onUpgrade(response: HttpResponse, request: HttpRequest, context: us_socket_context_t): void {
    const { dispatching, door, outgoing } = this.#options
    const network = networkOf(door.addressOf(response, request))
    const wire = chooseWire(request.getHeader('sec-websocket-protocol'))
    const refusal = this.#refusalOf(response, request, network, wire !== null)
    if (refusal !== null || wire === null) {
      const isLast = refusal?.code === 'busy' || refusal?.code === 'rate-limited'
      refuseHttp(response, refusal ?? reject('subprotocol-unknown'), isLast)
      return
    }
    const connection = new Connection(wire, network, dispatching.desk, outgoing, dispatching.now())
    response.upgrade<SocketData>(
      { connection },
      request.getHeader('sec-websocket-key'),
      wire.subprotocol,
      request.getHeader('sec-websocket-extensions'),
      context,
    )
  }

  #refusalOf(
    response: HttpResponse,
    request: HttpRequest,
    network: string,
    isWireKnown: boolean,
  ): Reject | null {
    const { door, connections, dispatching } = this.#options
    const fault = door.refusalOf(response, request)
    if (fault !== null) return fault
    // Paid also by whom there is no room for, who hears that first.
    const unpaid = dispatching.toll.take(network, CONNECTION_PRICE)
    const refusal = connections.socketRefusal(network) ?? unpaid
    if (refusal !== null) return refusal
    if (!isSameOrigin(request.getHeader('origin'), request.getHeader('host')))
      return reject('permission-missing', { field: 'origin' })
    if (!isWireKnown) return reject('subprotocol-unknown')
    return this.#options.refusal()
  }

  #onOpen(connection: Connection, ws: Parameters<Connection['onOpen']>[0]): void {
    this.#connections.add(connection)
    this.#options.connections.onOpen(connection.network)
    connection.onOpen(ws)
    connection.send(this.#options.hello())
  }

  #onMessage(connection: Connection, bytes: ArrayBuffer, isBinary: boolean): void {
    if (connection.isClosed) return
    try {
      dispatch(connection, bytes, isBinary, this.#options.dispatching)
    } catch (error) {
      this.#options.onFault(error)
    }
  }

  #onHeard(connection: Connection): void {
    connection.heardAtMs = this.#options.dispatching.now()
  }

  #onClose(connection: Connection): void {
    this.#connections.delete(connection)
    this.#options.connections.onClose(connection.network)
    connection.onClose()
    const { feed } = this.#options.dispatching
    leavePrivate(connection, feed)
    for (const channel of connection.following) feed.unsubscribe(connection, channel)
    connection.session = null
  }
}

function isPublic(channel: string): boolean {
  const parsed = parseChannel(channel)
  return parsed !== null && CHANNEL_FAMILIES[parsed.family] === 'public'
}
