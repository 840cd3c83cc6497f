/** The channels a client follows. Applies the one rule of the protocol: a delta is for whoever is
 *  exactly at its `prev`. Anything else is a gap, and the channel is asked for again. */
import type { ChannelFamily, ChannelFrame, Sequence, SubscribeReply } from '../../schema/index.ts'
import type { ChannelListener, ChannelName } from './channel.ts'

interface Followed {
  readonly name: ChannelName
  readonly listeners: Set<ChannelListener<ChannelFamily>>
  epoch: number
  /** Sequence of the last frame, -1 before the first. */
  seq: number
  /** What has come so far of a snapshot in parts. */
  parts: ChannelFrame[]
  /** `asked`: frames of an older subscription may still arrive and are let go. */
  state: 'idle' | 'asked' | 'following'
}

export interface ChannelAsked {
  readonly channel: string
  readonly since?: number
  readonly epoch?: number
}

export class Subscriptions {
  readonly #followed = new Map<string, Followed>()
  /** Asks the gateway for these channels; called only by methods below. */
  readonly #ask: (channels: readonly ChannelAsked[]) => void

  constructor(ask: (channels: readonly ChannelAsked[]) => void) {
    this.#ask = ask
  }

  /** @returns true when the channel is new to this client */
  add(name: ChannelName, listener: ChannelListener<ChannelFamily>): boolean {
    let followed = this.#followed.get(name)
    const isNew = followed === undefined
    followed ??= { name, listeners: new Set(), epoch: 0, seq: -1, parts: [], state: 'idle' }
    // A second listener needs a snapshot too; the first ones simply get another. The gateway sends one only to
    // whoever does not follow the channel.
    followed.seq = -1
    followed.listeners.add(listener)
    this.#followed.set(name, followed)
    return isNew
  }

  /** @returns true when nobody listens to the channel any more */
  remove(name: ChannelName, listener: ChannelListener<ChannelFamily>): boolean {
    const followed = this.#followed.get(name)
    if (followed === undefined || !followed.listeners.delete(listener)) return false
    if (followed.listeners.size > 0) return false
    return this.#followed.delete(name)
  }

  /** Asks for every channel for which `isWanted`, from where it was left. */
  askFor(isWanted: (name: ChannelName) => boolean): void {
    const wanted: ChannelAsked[] = []
    for (const followed of this.#followed.values())
      if (isWanted(followed.name)) {
        followed.state = 'asked'
        wanted.push(
          followed.seq < 0
            ? { channel: followed.name }
            : { channel: followed.name, since: followed.seq, epoch: followed.epoch },
        )
      }
    if (wanted.length > 0) this.#ask(wanted)
  }

  /** Forgets where these channels were left: the next word of each is to be a snapshot. */
  startAnew(isWanted: (name: ChannelName) => boolean): void {
    for (const followed of this.#followed.values())
      if (isWanted(followed.name)) {
        setStale(followed)
        followed.seq = -1
      }
  }

  /** True while a channel was asked for and nothing came of it yet. */
  isAwaited(name: ChannelName): boolean {
    return this.#followed.get(name)?.state === 'asked'
  }

  onReply(reply: SubscribeReply): void {
    for (const { channel, epoch, recovered } of reply.channels) {
      const followed = this.#followed.get(channel)
      if (followed === undefined) continue
      followed.epoch = epoch
      if (!recovered) continue
      followed.state = 'following'
      for (const listener of followed.listeners) listener.onFresh?.()
    }
  }

  onRefused(channels: readonly ChannelAsked[], code: string): void {
    for (const { channel } of channels) {
      const followed = this.#followed.get(channel)
      if (followed === undefined) continue
      followed.state = 'idle'
      for (const listener of followed.listeners) listener.onRefused?.(code)
    }
  }

  onFrame(frame: ChannelFrame): void {
    const followed = this.#followed.get(frame.ch)
    if (followed === undefined) return
    if (frame.t === 'snapshot' && frame.part !== undefined) this.#onPart(followed, frame)
    else if (frame.t === 'snapshot') this.#onSnapshot(followed, frame)
    else if (followed.state === 'following') this.#onDelta(followed, frame)
  }

  /** The connection is gone. */
  onDisconnected(): void {
    for (const followed of this.#followed.values()) setStale(followed)
  }

  /** Parts come in order, those of one snapshot without any of another between them. */
  #onPart(followed: Followed, frame: ChannelFrame): void {
    if (frame.part === 1) followed.parts = []
    const [first] = followed.parts
    const isNext = frame.part === followed.parts.length + 1
    if (!isNext || (first !== undefined && first.seq !== frame.seq)) return
    followed.parts.push(frame)
    if (frame.part !== frame.parts) return
    const d = wholeOf(followed.parts)
    followed.parts = []
    this.#onSnapshot(followed, { ...frame, d })
  }

  #onSnapshot(followed: Followed, frame: ChannelFrame): void {
    followed.epoch = frame.epoch
    followed.seq = frame.seq
    followed.state = 'following'
    for (const listener of followed.listeners) {
      listener.onSnapshot(frame.d as never, frame.seq)
      listener.onFresh?.()
    }
  }

  #onDelta(followed: Followed, frame: ChannelFrame): void {
    if (frame.prev !== (followed.seq as Sequence) || frame.epoch !== followed.epoch) {
      setStale(followed)
      this.askFor((name) => name === followed.name)
      return
    }
    followed.seq = frame.seq
    for (const listener of followed.listeners) listener.onDelta(frame.d as never, frame.seq)
  }
}

/** Every part holds the same lists, and of each a piece. */
function wholeOf(parts: readonly ChannelFrame[]): Readonly<Record<string, readonly unknown[]>> {
  const pieces = parts.map(({ d }) => d as Readonly<Record<string, readonly unknown[]>>)
  const names = Object.keys(pieces[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, pieces.flatMap((d) => d[name] ?? [])]))
}

function setStale(followed: Followed): void {
  followed.parts = []
  if (followed.state === 'following')
    for (const listener of followed.listeners) listener.onStale?.()
  followed.state = 'idle'
}
