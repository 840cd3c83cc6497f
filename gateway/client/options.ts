/** What a client is made with, and what it tells its owner. */
import type {
  HeartbeatFrame,
  HelloFrame,
  OperationInput,
  OperationName,
} from '../../schema/index.ts'
import type { Clock } from './clock.ts'
import type { Codec } from './codec.ts'
import type { SocketFactory } from './socket.ts'

export interface ClientOptions {
  /** `ws://host:port/v1/ws`; with several, each reconnect tries the next. */
  readonly url: string | readonly string[]
  /** A session's token, from `POST /v1/sessions`. Without one only public channels can be followed. */
  readonly token?: string
  readonly codec?: Codec
  readonly socket?: SocketFactory
  readonly clock?: Clock
  /** A number in [0, 1): spreads the reconnects. */
  readonly random?: () => number
}

/** `connected`: logged on (if there is a token) and carrying requests. */
export type ClientState = 'connecting' | 'connected' | 'closed'

export interface ClientEvents {
  onState(state: ClientState): void
  onHello(hello: HelloFrame): void
  /** Once a second: how far journal, record and ledger have come. */
  onHeartbeat(heartbeat: HeartbeatFrame): void
  /** The session has ended; the client goes on without it. */
  onSignedOut(): void
}

/** A command without its key: the client makes one. Give one to repeat a command across restarts. */
export type Keyless<Op extends OperationName> = Omit<OperationInput<Op>, 'key'> & { key?: string }
export type BatchItem = OperationInput<'bid.batch'>['items'][number]
