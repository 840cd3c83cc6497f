/** A client's own bookkeeping of channels, wired straight to a feed: what a WebSocket would carry, in
 *  the same order, without the WebSocket. */
import { accountId } from '../../schema/index.ts'
import type { AccountId, ChannelFrame } from '../../schema/index.ts'
import { Subscriptions } from '../../gateway/client/subscriptions.ts'
import type { ChannelAsked } from '../../gateway/client/subscriptions.ts'
import { Feed } from '../../gateway/feed/feed.ts'
import { Parts } from '../../gateway/feed/parts.ts'
import type { Snapshot } from '../../gateway/feed/snapshot.ts'
import type { Follower } from '../../gateway/feed/feed.ts'

/** A feed and everyone who joined its public channels. */
export class Hall {
  nowMs = 0
  readonly feed: Feed
  readonly #joined = new Map<string, Set<Seat>>()

  constructor() {
    this.feed = new Feed(
      (frame) => {
        for (const seat of this.#joined.get(frame.ch) ?? []) seat.send(frame)
      },
      () => this.nowMs,
    )
  }

  join(channel: string, seat: Seat): void {
    const seats = this.#joined.get(channel) ?? new Set()
    this.#joined.set(channel, seats.add(seat))
  }

  leave(channel: string, seat: Seat): void {
    this.#joined.get(channel)?.delete(seat)
  }
}

/** One connection. Frames go through JSON, so nothing is shared by reference. */
export class Seat implements Follower {
  readonly accountId: AccountId
  readonly following = new Set<string>()
  readonly subscriptions: Subscriptions
  isConnected = true
  frames = 0
  /** The newest, as the feed made it. */
  frame: ChannelFrame | null = null
  onFrame: (frame: ChannelFrame) => void = () => undefined
  refusals: string[] = []
  /** How many parts it takes before it has to be drained; as many as there are when not said. */
  room = Number.POSITIVE_INFINITY
  readonly #parts = new Parts<ChannelFrame>()
  readonly #hall: Hall

  constructor(hall: Hall, account: number) {
    this.#hall = hall
    this.accountId = accountId(account)
    this.subscriptions = new Subscriptions((channels) => this.#ask(channels))
  }

  send(frame: ChannelFrame): void {
    if (!this.isConnected) return
    if (this.#parts.has(frame.ch)) this.#parts.hold(frame.ch, frame)
    else this.#take(frame)
  }

  sendParts(snapshot: Snapshot, onWhole: () => void): void {
    this.#parts.begin(snapshot, onWhole)
    this.#pump()
  }

  isSentParts(channel: string): boolean {
    return this.#parts.has(channel)
  }

  cancelParts(channel: string): void {
    this.#parts.cancel(channel)
  }

  /** Room for `parts` more. */
  drain(parts: number): void {
    this.room = parts
    this.#pump()
  }

  #pump(): void {
    const take = (frame: ChannelFrame): void => this.#take(frame)
    this.#parts.pump(() => this.room-- > 0, take, take)
  }

  #take(frame: ChannelFrame): void {
    this.frames++
    this.frame = frame
    this.onFrame(frame)
    this.subscriptions.onFrame(JSON.parse(JSON.stringify(frame)) as ChannelFrame)
  }

  join(channel: string): void {
    this.#hall.join(channel, this)
  }

  leave(channel: string): void {
    this.#hall.leave(channel, this)
  }

  disconnect(): void {
    this.isConnected = false
    for (const channel of this.following) this.#hall.feed.unsubscribe(this, channel)
    this.subscriptions.onDisconnected()
  }

  connect(): void {
    this.isConnected = true
    this.subscriptions.askFor(() => true)
  }

  #ask(channels: readonly ChannelAsked[]): void {
    if (!this.isConnected) return
    const followed = this.#hall.feed.subscribe(this, channels)
    if ('code' in followed) {
      this.refusals.push(followed.code)
      this.subscriptions.onRefused(channels, followed.code)
      return
    }
    this.subscriptions.onReply(followed.reply)
    followed.begin()
  }
}
