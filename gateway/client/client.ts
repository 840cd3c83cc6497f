/** The typed client: one connection that is kept, resumed and retried for its owner.
 *
 *  After each connect: log on if there is a token, ask for the channels from where they were left, then
 *  send what is still unanswered. No caller has to know that the connection was ever gone, except by
 *  `onStale`/`onFresh` and by the time an answer takes. */
import { CLOSE_CODES } from '../../schema/close-code.ts'
import { CHANNEL_FAMILIES, parseChannel } from '../../schema/channel.ts'
import type {
  BatchReply,
  CommandReply,
  HelloFrame,
  Key,
  OperationInput,
  OperationName,
  OperationReplies,
  ServerFrame,
} from '../../schema/index.ts'
import { backoffMs } from './backoff.ts'
import type { ChannelListener, ChannelName, FamilyOf, Subscription } from './channel.ts'
import { systemClock } from './clock.ts'
import type { Clock } from './clock.ts'
import { jsonCodec } from './codec.ts'
import type { Codec } from './codec.ts'
import { ClientClosed, RequestRefused } from './error.ts'
import { KeyMaker } from './key.ts'
import type { BatchItem, ClientEvents, ClientOptions, ClientState, Keyless } from './options.ts'
import { Requests } from './requests.ts'
import type { RequestOnWire, RequestOptions } from './requests.ts'
import { browserSocket } from './socket.ts'
import type { Socket, SocketFactory, SocketListener } from './socket.ts'
import { Subscriptions } from './subscriptions.ts'
import type { ChannelAsked } from './subscriptions.ts'

/** Nothing heard for so long (heartbeats come each second): the connection is given up. */
const SILENCE_MS_MAX = 10_000
const SWEEP_MS = 50
/** How long after a gateway could not say whether a channel may be followed it is asked again. */
const RESUBSCRIBE_MS = 1_000

export function createClient(options: ClientOptions): Client {
  return new Client(options)
}

export class Client {
  readonly #urls: readonly string[]
  readonly #codec: Codec
  readonly #openSocket: SocketFactory
  readonly #clock: Clock
  readonly #random: () => number
  readonly #keys: KeyMaker
  readonly #requests: Requests
  readonly #internal: Requests
  readonly #subscriptions: Subscriptions
  readonly #listeners = new Set<Partial<ClientEvents>>()
  #state: ClientState = 'connecting'
  #token: string | null
  #socket: Socket | null = null
  /** Who listens to the newest socket; a socket given up may still say things. */
  #current: SocketListener | null = null
  #isOpen = false
  #isLoggedOn = false
  /** Whose private channels have been told so far. */
  #accountId: number | null = null
  #attempt = 0
  #tries = 0
  #heardAtMs = 0
  #reconnectAfterMs: number | null = null
  #stopTimer: () => void = () => undefined
  #hello: HelloFrame | null = null
  /** How far our clock is behind the gateway's: keys are made by that. */
  #behindMs = 0

  constructor(options: ClientOptions) {
    this.#urls = typeof options.url === 'string' ? [options.url] : options.url
    this.#token = options.token ?? null
    this.#codec = options.codec ?? jsonCodec
    this.#openSocket = options.socket ?? browserSocket
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
    this.#keys = new KeyMaker(() => this.#clock.now() + this.#behindMs)
    const send = (frame: RequestOnWire): void => this.#socket?.send(this.#codec.encode(frame))
    this.#requests = new Requests(send, () => this.#clock.monotonicMs(), 1)
    this.#internal = new Requests(send, () => this.#clock.monotonicMs(), 0)
    this.#subscriptions = new Subscriptions((channels) => this.#askFor(channels))
    this.#connect()
  }

  get state(): ClientState {
    return this.#state
  }

  /** What the gateway said of itself on the newest connection. */
  get hello(): HelloFrame | null {
    return this.#hello
  }

  /** Requests whose callers have not heard yet. */
  get openRequests(): number {
    return this.#requests.size
  }

  /** A key for a command: greater than all before it, never the same as another's. */
  nextKey(): Key {
    return this.#keys.next()
  }

  /** Tells `listener` what happens to the connection. @returns a function that ends this */
  listen(listener: Partial<ClientEvents>): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Sends a request and waits for its answer, over reconnects if need be.
   *
   *  @throws {RequestRefused} the gateway or the market said no
   *  @throws {RequestUnanswered} no answer within `timeoutMs`: the outcome is not known
   *  @throws {ClientClosed} */
  request<Op extends OperationName>(
    op: Op,
    params: OperationInput<Op>,
    options: RequestOptions = {},
  ): Promise<OperationReplies[Op]> {
    if (this.#state === 'closed') return Promise.reject(new ClientClosed('the client is closed'))
    return new Promise((resolve, reject) =>
      this.#requests.add(op, params, options, resolve as never, reject),
    )
  }

  placeBid(bid: Keyless<'bid.place'>, options?: RequestOptions): Promise<CommandReply<'PlaceBid'>> {
    return this.request('bid.place', { ...bid, key: bid.key ?? this.nextKey() }, options)
  }

  cancelBid(
    bid: Keyless<'bid.cancel'>,
    options?: RequestOptions,
  ): Promise<CommandReply<'CancelBid'>> {
    return this.request('bid.cancel', { ...bid, key: bid.key ?? this.nextKey() }, options)
  }

  amendBid(bid: Keyless<'bid.amend'>, options?: RequestOptions): Promise<CommandReply<'AmendBid'>> {
    return this.request('bid.amend', { ...bid, key: bid.key ?? this.nextKey() }, options)
  }

  /** Up to `BATCH_COMMANDS_MAX` bids, amendments and cancels; one answer each, in order. */
  batch(items: readonly BatchItem[], options?: RequestOptions): Promise<BatchReply> {
    return this.request('bid.batch', { items: items as BatchItem[] }, options)
  }

  deposit(
    deposit: Keyless<'cash.deposit'>,
    options?: RequestOptions,
  ): Promise<CommandReply<'Deposit'>> {
    return this.request('cash.deposit', { ...deposit, key: deposit.key ?? this.nextKey() }, options)
  }

  openListing(
    listing: Keyless<'listing.open'>,
    options?: RequestOptions,
  ): Promise<CommandReply<'OpenListing'>> {
    return this.request('listing.open', { ...listing, key: listing.key ?? this.nextKey() }, options)
  }

  withdrawListing(
    listing: Keyless<'listing.withdraw'>,
    options?: RequestOptions,
  ): Promise<CommandReply<'WithdrawListing'>> {
    return this.request(
      'listing.withdraw',
      { ...listing, key: listing.key ?? this.nextKey() },
      options,
    )
  }

  approveListing(
    listing: Keyless<'listing.approve'>,
    options?: RequestOptions,
  ): Promise<CommandReply<'ApproveListing'>> {
    return this.request(
      'listing.approve',
      { ...listing, key: listing.key ?? this.nextKey() },
      options,
    )
  }

  rejectListing(
    listing: Keyless<'listing.reject'>,
    options?: RequestOptions,
  ): Promise<CommandReply<'RejectListing'>> {
    return this.request(
      'listing.reject',
      { ...listing, key: listing.key ?? this.nextKey() },
      options,
    )
  }

  /** Follows a channel until the subscription is closed, over reconnects. */
  subscribe<Name extends ChannelName>(
    channel: Name,
    listener: ChannelListener<FamilyOf<Name>>,
  ): Subscription {
    if (!this.#subscriptions.add(channel, listener)) this.#leave(channel)
    this.#followWhenOpen((name) => name === channel)
    return {
      close: () => {
        if (this.#subscriptions.remove(channel, listener)) this.#leave(channel)
      },
    }
  }

  #leave(channel: ChannelName): void {
    if (this.#isOpen) this.#ask('unsubscribe', { channels: [channel] }, ignore, ignore)
  }

  /** Ties this client to a session, now and after each reconnect. @throws {RequestRefused} */
  async logon(token: string): Promise<void> {
    this.#token = token
    if (!this.#isOpen) return
    await new Promise<void>((resolve, reject) => this.#logOn(resolve, reject))
    this.#followWhenOpen(isPrivate)
  }

  /** Ends the session itself, everywhere. */
  async logout(): Promise<void> {
    await this.request('logout', {})
    this.#forgetSession()
  }

  /** Closes for good. Whoever still waits hears `ClientClosed`. */
  close(): void {
    this.#end('closed by its owner')
  }

  #connect(): void {
    const url = this.#urls[this.#tries++ % this.#urls.length]
    if (url === undefined) throw new Error('a client needs a url')
    this.#setState('connecting')
    this.#heardAtMs = this.#clock.monotonicMs()
    const listener: SocketListener = {
      onOpen: () => this.#isCurrent(listener) && this.#onOpen(),
      onMessage: (data) => this.#isCurrent(listener) && this.#onMessage(data),
      onClose: (code) => this.#isCurrent(listener) && this.#onClose(code),
    }
    this.#current = listener
    this.#socket = this.#openSocket(url, this.#codec.subprotocol, listener)
    this.#sweepLater()
  }

  #isCurrent(listener: SocketListener): boolean {
    return this.#current === listener
  }

  #onOpen(): void {
    this.#isOpen = true
    this.#internal.start()
    this.#followWhenOpen((name) => !isPrivate(name))
    this.#getReady()
  }

  /** Commands wait until the gateway has said who we are, however long it cannot find out. */
  #getReady(): void {
    if (!this.#isOpen) return
    if (this.#token === null) this.#setReady()
    else
      this.#logOn(
        () => this.#setReady(),
        () => this.#getReady(),
      )
  }

  #setReady(): void {
    this.#attempt = 0
    if (this.#isLoggedOn) this.#followWhenOpen(isPrivate)
    this.#setState('connected')
    this.#requests.start()
  }

  #logOn(then: () => void, otherwise: (error: Error) => void): void {
    const token = this.#token
    if (token === null) return
    const accept = ({ accountId }: OperationReplies['logon']): void => {
      this.#isLoggedOn = true
      // What one account was told is nothing that another could go on from.
      if (accountId !== this.#accountId) this.#subscriptions.startAnew(isPrivate)
      this.#accountId = accountId
      then()
    }
    this.#ask('logon', { token }, accept, (error) => {
      if (isFinal(error) && this.#token === token) this.#forgetSession()
      otherwise(error)
    })
  }

  #onMessage(data: string | Uint8Array): void {
    this.#heardAtMs = this.#clock.monotonicMs()
    let frame: ServerFrame
    try {
      frame = this.#codec.decode(data)
    } catch {
      this.#drop(CLOSE_CODES['protocol-error'])
      return
    }
    this.#onFrame(frame)
  }

  #onFrame(frame: ServerFrame): void {
    switch (frame.t) {
      case 'reply':
        ;(frame.id % 2 === 0 ? this.#internal : this.#requests).answer(frame)
        break
      case 'snapshot':
      case 'delta':
        this.#subscriptions.onFrame(frame)
        break
      case 'heartbeat':
        this.#hearTime(frame.atMs)
        for (const listener of this.#listeners) listener.onHeartbeat?.(frame)
        break
      case 'hello':
        this.#hello = frame
        this.#hearTime(frame.atMs)
        for (const listener of this.#listeners) listener.onHello?.(frame)
        break
      case 'goaway':
        this.#reconnectAfterMs = frame.reconnectAfterMs
        this.#requests.pause()
        break
    }
  }

  /** A gateway of the build before says it in its heartbeats only. */
  #hearTime(atMs: number | undefined): void {
    if (atMs !== undefined) this.#behindMs = atMs - this.#clock.now()
  }

  #onClose(code: number): void {
    this.#current = null
    this.#socket = null
    this.#isOpen = false
    this.#isLoggedOn = false
    this.#requests.stop()
    this.#internal.closeAll('the connection is gone')
    this.#subscriptions.onDisconnected()
    if (this.#state === 'closed') return
    if (code === CLOSE_CODES['protocol-error'])
      this.#end('the gateway does not speak this protocol')
    else this.#reconnect(code)
  }

  #reconnect(code: number): void {
    if (code === CLOSE_CODES['session-expired']) this.#forgetSession()
    const patience = code === CLOSE_CODES['rate-limited'] ? 6 : 0
    const waitMs =
      this.#reconnectAfterMs ?? backoffMs(Math.max(this.#attempt++, patience), this.#random)
    this.#reconnectAfterMs = null
    this.#setState('connecting')
    this.#heardAtMs = this.#clock.monotonicMs() + waitMs
    this.#clock.after(waitMs, () => {
      if (this.#state !== 'closed') this.#connect()
    })
  }

  #drop(code: number): void {
    const socket = this.#socket
    this.#onClose(code)
    socket?.close()
  }

  #end(why: string): void {
    if (this.#state === 'closed') return
    this.#setState('closed')
    this.#stopTimer()
    this.#current = null
    this.#isOpen = false
    this.#socket?.close()
    this.#socket = null
    this.#requests.closeAll(why)
    this.#internal.closeAll(why)
    this.#subscriptions.onDisconnected()
  }

  /** A request of the client's own: never carried over to another connection. */
  #ask<Op extends OperationName>(
    op: Op,
    params: OperationInput<Op>,
    resolve: (reply: OperationReplies[Op]) => void,
    reject: (error: Error) => void,
  ): void {
    this.#internal.add(op, params, { timeoutMs: SILENCE_MS_MAX }, resolve as never, reject)
  }

  #askFor(channels: readonly ChannelAsked[]): void {
    this.#ask(
      'subscribe',
      { channels: [...channels] },
      (reply) => this.#subscriptions.onReply(reply),
      (error) => this.#onNotSubscribed(channels, error),
    )
  }

  /** A gateway refuses all that was asked for at once when one of it is wrong, so each is asked for alone. */
  #onNotSubscribed(channels: readonly ChannelAsked[], error: Error): void {
    if (error instanceof ClientClosed) return
    if (!isFinal(error)) this.#askAgainLater(channels)
    else if (channels.length > 1) for (const channel of channels) this.#askFor([channel])
    else this.#subscriptions.onRefused(channels, (error as RequestRefused).code)
  }

  #askAgainLater(channels: readonly ChannelAsked[]): void {
    const names = new Set(channels.map(({ channel }) => channel))
    this.#clock.after(RESUBSCRIBE_MS, () =>
      this.#followWhenOpen((name) => names.has(name) && this.#subscriptions.isAwaited(name)),
    )
  }

  #followWhenOpen(isWanted: (name: ChannelName) => boolean): void {
    if (!this.#isOpen) return
    this.#subscriptions.askFor((name) => isWanted(name) && (!isPrivate(name) || this.#isLoggedOn))
  }

  #forgetSession(): void {
    this.#token = null
    this.#isLoggedOn = false
    for (const listener of this.#listeners) listener.onSignedOut?.()
  }

  #sweepLater(): void {
    this.#stopTimer()
    this.#stopTimer = this.#clock.after(SWEEP_MS, () => {
      this.#requests.sweep()
      this.#internal.sweep()
      if (this.#socket !== null && this.#clock.monotonicMs() - this.#heardAtMs > SILENCE_MS_MAX)
        this.#drop(1006)
      if (this.#state !== 'closed') this.#sweepLater()
    })
  }

  #setState(state: ClientState): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#listeners) listener.onState?.(state)
  }
}

function ignore(): void {}

/** The token itself is what was refused. */
function isFinal(error: Error): boolean {
  if (!(error instanceof RequestRefused)) return false
  const rejectClass = error.reject.class
  return rejectClass !== 'retry-after' && rejectClass !== 'retry-same-key'
}

function isPrivate(name: ChannelName): boolean {
  const channel = parseChannel(name)
  return channel !== null && CHANNEL_FAMILIES[channel.family] === 'private'
}
