/** The channels: who follows what, and what they are sent when.
 *
 *  Public channels are flushed together every PUBLIC_FLUSH_MS and once more before a new follower gets
 *  a snapshot, so everyone who has joined a channel is at the same `seq` at any time. Who is sent a snapshot
 *  that others were sent before joins after it, all of its parts, and what came since. Private channels are told after each
 *  entry. */
import { parseChannel } from '../../schema/index.ts'
import type {
  AccountId,
  ChannelFrame,
  EventEntry,
  ListingId,
  Reject,
  SubscribeReply,
} from '../../schema/index.ts'
import { reject } from '../../schema/index.ts'
import { PrivateChannels } from './private-channel.ts'
import type { PrivateFamily } from './private-channel.ts'
import { PublicChannel } from './public-channel.ts'
import type { Snapshot } from './snapshot.ts'
import { ListingSource, MarketSource, TapeSource } from '../market/sources.ts'
import { MarketView } from './view.ts'
import type { ViewStart } from './view.ts'

/** One connection, as the feed sees it. */
export interface Follower {
  readonly accountId: AccountId | null
  /** The channels it follows. Changed by the feed alone. */
  readonly following: Set<string>
  /** A frame of a channel whose snapshot is under way follows after its last part. */
  send(frame: ChannelFrame): void
  /** Sends a snapshot of several parts, each when the one before has been taken, and then tells. One of the
   *  same channel that is under way is given up. */
  sendParts(snapshot: Snapshot, onWhole: () => void): void
  isSentParts(channel: string): boolean
  cancelParts(channel: string): void
  /** From now on what is published on a public channel reaches this connection too. */
  join(channel: string): void
  leave(channel: string): void
}

/** Sends a frame to everyone who joined its channel. */
export type Publish = (frame: ChannelFrame) => void

/** Takes what so many parts of snapshots cost. @returns null when they are paid */
type Pay = (parts: number) => Reject | null

export interface ChannelRequest {
  readonly channel: string
  readonly since?: number | undefined
  readonly epoch?: number | undefined
}

/** A channel that nobody follows is kept so long, for those who lost their connection. */
const LINGER_MS = 60_000

export class Feed {
  readonly #publish: Publish
  readonly #now: () => number
  #view = new MarketView()
  #public = new Map<string, PublicChannel>()
  #private = new Map<AccountId, PrivateChannels>()
  resumesRecovered = 0
  resumesFresh = 0

  constructor(publish: Publish, now: () => number) {
    this.#publish = publish
    this.#now = now
    this.#openFixed()
  }

  get view(): MarketView {
    return this.#view
  }

  get epoch(): number {
    return this.#view.epochMs
  }

  get channels(): number {
    return this.#public.size + 2 * this.#private.size
  }

  /** Starts from an engine's snapshot, or starts over after entries were missed: then whoever follows
   *  a channel gets a new snapshot of it. */
  load(start: ViewStart | null): void {
    const [formerPublic, formerPrivate] = [this.#public, this.#private]
    this.#view = new MarketView()
    if (start !== null) this.#view.load(start)
    this.#openFixed()
    this.#private = new Map()
    for (const former of formerPublic.values()) this.#reopenPublic(former)
    for (const former of formerPrivate.values()) this.#reopenPrivate(former)
  }

  /** After this the view is at `entry`; `flushPrivate` then tells those whom it touched. */
  apply(entry: EventEntry): void {
    const isFirst = this.#view.epochMs === 0
    this.#view.apply(entry)
    // The journal has begun: what was sent before had no epoch to resume in.
    if (isFirst) this.#onEpoch()
  }

  flushPrivate(): void {
    for (const account of this.#view.touchedAccounts) {
      account.isTouched = false
      this.#private.get(account.accountId)?.flush()
    }
  }

  flushPublic(): void {
    for (const channel of this.#public.values()) this.#flush(channel)
  }

  /** All or nothing: a refusal leaves everything as it was. `begin` sends, right after the reply, what was
   *  missed of each channel or a snapshot. A channel named twice is followed once, as it was named first; one that is
   *  followed already goes on as it is, unless `since` says that something is amiss. */
  subscribe(
    follower: Follower,
    requests: readonly ChannelRequest[],
    pay: Pay = () => null,
  ): { readonly reply: SubscribeReply; readonly begin: () => void } | Reject {
    for (const [place, request] of requests.entries()) {
      const refusal = this.#check(follower, request, `channels.${place}.channel`)
      if (refusal !== null) return refusal
    }
    const named = new Set<string>()
    const distinct = requests.filter(({ channel }) => named.size < named.add(channel).size)
    const unpaid = pay(this.#partsFor(follower, distinct))
    if (unpaid !== null) return unpaid
    const channels: SubscribeReply['channels'][number][] = []
    const begins: (() => void)[] = []
    for (const request of distinct)
      channels.push(
        isGoingOn(follower, request)
          ? { ...this.#standing(follower, request.channel), recovered: true }
          : this.#follow(follower, request, begins),
      )
    return { reply: { channels }, begin: () => begins.forEach((begin) => begin()) }
  }

  /** Following or not, afterwards it does not. */
  unsubscribe(follower: Follower, name: string): void {
    if (!follower.following.delete(name)) return
    follower.cancelParts(name)
    const open = this.#public.get(name)
    if (open !== undefined) {
      follower.leave(name)
      open.followers.delete(follower)
      if (open.followers.size === 0) open.leftAtMs = this.#now()
      return
    }
    if (follower.accountId === null) return
    const channels = this.#private.get(follower.accountId)
    if (channels === undefined) return
    channels.channel(name as PrivateFamily).followers.delete(follower)
    if (channels.followers === 0) channels.leftAtMs = this.#now()
  }

  /** The newest state of a public channel, for one who could not be served for a while. */
  refresh(follower: Follower, name: string): void {
    const channel = this.#public.get(name)
    if (channel === undefined || follower.isSentParts(name)) return
    if (this.#flush(channel) && channel.followers.has(follower)) return
    this.#beginPublic(follower, channel)
  }

  /** Lets go of channels that nobody came back for. Called now and then. */
  sweep(): void {
    const before = this.#now() - LINGER_MS
    for (const [name, channel] of this.#public)
      if (name.startsWith('listing:') && channel.followers.size === 0 && channel.leftAtMs < before)
        this.#public.delete(name)
      else channel.sweep(this.#now())
    for (const [accountId, channels] of this.#private)
      if (channels.followers === 0 && channels.leftAtMs < before) {
        channels.close()
        this.#private.delete(accountId)
      }
  }

  #check(follower: Follower, { channel }: ChannelRequest, field: string): Reject | null {
    const parsed = parseChannel(channel)
    if (parsed === null) return reject('channel-unknown', { field })
    if (parsed.listingId !== null)
      return this.#public.has(channel) || this.#view.listings.has(parsed.listingId)
        ? null
        : reject('listing-unknown', { field })
    return isPrivate(channel) && follower.accountId === null
      ? reject('not-logged-on', { field })
      : null
  }

  /** Parts of the snapshots that these requests come to. */
  #partsFor(follower: Follower, requests: readonly ChannelRequest[]): number {
    let parts = 0
    for (const request of requests)
      if (!isGoingOn(follower, request)) parts += this.#partsOf(follower, request)
    return parts
  }

  #partsOf(follower: Follower, { channel: name, since = -1, epoch = -1 }: ChannelRequest): number {
    if (isPrivate(name)) {
      const channels = this.#privateChannels(follower)
      return channels.channel(name).missed(since, epoch) === null ? channels.parts(name) : 0
    }
    const channel = this.#publicChannel(name)
    this.#flush(channel)
    return channel.missed(since, epoch) === null ? channel.parts : 0
  }

  /** Where a channel is that somebody follows. */
  #standing(follower: Follower, name: string) {
    const { epoch } = this
    if (isPrivate(name))
      return { channel: name, epoch, seq: this.#privateChannels(follower).channel(name).seq }
    const channel = this.#publicChannel(name)
    this.#flush(channel)
    return { channel: name, epoch, seq: channel.seq }
  }

  #follow(
    follower: Follower,
    request: ChannelRequest,
    begins: (() => void)[],
  ): SubscribeReply['channels'][number] {
    const { channel: name, since = -1, epoch = -1 } = request
    this.unsubscribe(follower, name)
    follower.following.add(name)
    const source = isPrivate(name)
      ? this.#followPrivate(follower, name)
      : this.#followPublic(follower, name)
    const missed = source.missed(since, epoch)
    if (missed !== null) this.resumesRecovered++
    else if (since >= 0) this.resumesFresh++
    if (missed === null) begins.push(source.begin)
    else begins.push(() => source.goOn(missed))
    return { channel: name, epoch: this.epoch, seq: source.seq, recovered: missed !== null }
  }

  #followPublic(follower: Follower, name: string): Followed {
    const channel = this.#publicChannel(name)
    this.#flush(channel)
    channel.followers.add(follower)
    channel.leftAtMs = 0
    return {
      seq: channel.seq,
      begin: () => this.#beginPublic(follower, channel),
      goOn: (missed) => joinAfter(follower, name, missed),
      missed: (since, epoch) => channel.missed(since, epoch),
    }
  }

  #followPrivate(follower: Follower, family: PrivateFamily): Followed {
    const account = this.#privateChannels(follower)
    const channel = account.channel(family)
    channel.followers.add(follower)
    account.leftAtMs = 0
    return {
      seq: channel.seq,
      begin: () => sendSnapshot(follower, account.snapshot(family)),
      goOn: (missed) => missed.forEach((delta) => follower.send(delta)),
      missed: (since, epoch) => channel.missed(since, epoch),
    }
  }

  #privateChannels({ accountId }: Follower): PrivateChannels {
    if (accountId === null) throw new Error('checked before')
    const open = this.#private.get(accountId)
    if (open !== undefined) return open
    const channels = new PrivateChannels(this.#view.account(accountId), this.epoch)
    channels.leftAtMs = this.#now()
    this.#private.set(accountId, channels)
    return channels
  }

  #publicChannel(name: string): PublicChannel {
    const open = this.#public.get(name)
    if (open !== undefined) return open
    const listing = this.#view.listings.get(Number(name.slice('listing:'.length)) as ListingId)
    if (listing === undefined) throw new Error('checked before')
    return this.#openPublic(new PublicChannel(name, this.epoch, new ListingSource(listing)))
  }

  #openPublic(channel: PublicChannel): PublicChannel {
    this.#public.set(channel.name, channel)
    return channel
  }

  #openFixed(): void {
    this.#public = new Map()
    this.#openPublic(new PublicChannel('market', this.epoch, new MarketSource(this.#view)))
    this.#openPublic(new PublicChannel('tape', this.epoch, new TapeSource(this.#view)))
  }

  #onEpoch(): void {
    const former = this.#public
    this.#openFixed()
    for (const channel of former.values()) this.#reopenPublic(channel)
    const formerPrivate = this.#private
    this.#private = new Map()
    for (const channels of formerPrivate.values()) this.#reopenPrivate(channels)
  }

  #reopenPublic(former: PublicChannel): void {
    const parsed = parseChannel(former.name)
    const isKnown =
      parsed?.listingId === null ||
      (parsed !== null && parsed !== undefined && this.#view.listings.has(parsed.listingId))
    if (!isKnown || former.followers.size === 0) return
    const channel = this.#publicChannel(former.name)
    for (const follower of former.followers) {
      channel.followers.add(follower)
      this.#beginPublic(follower, channel)
    }
  }

  #reopenPrivate(former: PrivateChannels): void {
    former.close()
    if (former.followers === 0) return
    const { accountId } = former.account
    const channels = new PrivateChannels(this.#view.account(accountId), this.epoch)
    this.#private.set(accountId, channels)
    for (const family of ['cash', 'bids'] as const)
      for (const follower of former.channel(family).followers) {
        channels.channel(family).followers.add(follower)
        sendSnapshot(follower, channels.snapshot(family))
      }
  }

  /** @returns whether all who follow it were begun anew: whoever was about to be has been */
  #flush(channel: PublicChannel): boolean {
    const delta = channel.flush()
    if (delta === null || channel.followers.size === 0) return false
    if (delta !== 'anew') {
      this.#publish(delta)
      return false
    }
    // Who is being sent parts begins anew by himself once they are sent.
    for (const follower of channel.followers)
      if (!follower.isSentParts(channel.name)) this.#beginPublic(follower, channel)
    return true
  }

  /** A snapshot, then everything from there on. Right after `flush`. */
  #beginPublic(follower: Follower, channel: PublicChannel): void {
    const { name } = channel
    const snapshot = channel.snapshot(this.#now())
    const [only, ...more] = snapshot.parts
    if (only !== undefined && more.length === 0) {
      follower.cancelParts(name)
      joinAfter(follower, name, [only, ...(channel.missed(snapshot.seq, channel.epoch) ?? [])])
      return
    }
    follower.leave(name)
    follower.sendParts(snapshot, () => {
      if (this.#public.get(name) !== channel) return
      if (this.#flush(channel) && channel.followers.has(follower)) return
      const missed = channel.missed(snapshot.seq, channel.epoch)
      // It took longer than deltas are kept for: from the beginning.
      if (missed === null) this.#beginPublic(follower, channel)
      else joinAfter(follower, name, missed)
    })
  }
}

/** It is followed, and all that follows will come. */
function isGoingOn({ following }: Follower, { channel, since }: ChannelRequest): boolean {
  return since === undefined && following.has(channel)
}

function isPrivate(name: string): name is PrivateFamily {
  return name === 'cash' || name === 'bids'
}

interface Followed {
  readonly seq: SubscribeReply['channels'][number]['seq']
  /** Sends a snapshot and goes on from there. */
  readonly begin: () => void
  /** Goes on after what was missed. */
  readonly goOn: (missed: readonly ChannelFrame[]) => void
  missed(since: number, epoch: number): readonly ChannelFrame[] | null
}

function joinAfter(follower: Follower, name: string, frames: readonly ChannelFrame[]): void {
  for (const frame of frames) follower.send(frame)
  follower.join(name)
}

function sendSnapshot(follower: Follower, snapshot: Snapshot): void {
  const [only, ...more] = snapshot.parts
  follower.cancelParts(snapshot.ch)
  if (only !== undefined && more.length === 0) follower.send(only)
  else follower.sendParts(snapshot, () => undefined)
}
