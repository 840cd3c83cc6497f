/** One WebSocket: what it may do, what it follows, what waits to be sent to it.
 *
 *  Frames of one turn of the event loop leave in one write. Nothing to one connection is ever skipped:
 *  whoever is further behind than BUFFERED_BYTES_MAX is closed, and resumes. Parts of snapshots do not count:
 *  each waits until the one before it has been taken, for as long as any of it is. */
import type { WebSocket } from 'uWebSockets.js'
import {
  BUFFERED_BYTES_MAX,
  CLOSE_CODES,
  LAGGING_BYTES_MAX,
  PART_TAKEN_BYTES,
  SNAPSHOT_STALLED_MS_MAX,
} from '../../schema/index.ts'
import type {
  AccountId,
  ChannelFrame,
  CloseReason,
  Reject,
  ReplyFrame,
  ServerFrame,
} from '../../schema/index.ts'
import type { Admitted, Asker } from '../admit/admitted.ts'
import { isReject } from '../admit/desk.ts'
import type { Desk } from '../admit/desk.ts'
import { batchReply, commandReply } from '../admit/reply.ts'
import type { Payer } from '../admit/toll.ts'
import type { Follower } from '../feed/feed.ts'
import { Parts } from '../feed/parts.ts'
import type { Snapshot } from '../feed/snapshot.ts'
import type { Session } from '../person/sessions.ts'
import type { Outgoing } from './outgoing.ts'
import type { Wire } from './wire.ts'

export interface SocketData {
  connection: Connection
}

export class Connection implements Follower, Asker {
  readonly wire: Wire
  /** It comes from, see `networkOf`. */
  readonly network: string
  readonly following = new Set<string>()
  session: Session | null = null
  isClosed = false
  /** Commands whose answers it waits for. */
  inFlight = 0
  malformedFrames = 0
  heardAtMs: number
  isLagging = false
  readonly #desk: Desk
  readonly #outgoing: Outgoing
  #ws: WebSocket<SocketData> | null = null
  #outbox: (string | Uint8Array)[] = []
  readonly #parts = new Parts<string | Uint8Array>()
  /** Of the part sent last, all of which may still wait to be taken. */
  #partBytes = 0
  #heldBytes = 0
  /** When it last took any of a snapshot, and what waited then. */
  #tookAtMs = 0
  #waitedBytes = 0

  constructor(wire: Wire, network: string, desk: Desk, outgoing: Outgoing, nowMs: number) {
    this.wire = wire
    this.network = network
    this.heardAtMs = nowMs
    this.#desk = desk
    this.#outgoing = outgoing
  }

  get accountId(): AccountId | null {
    return this.session?.accountId ?? null
  }

  /** Who pays for what it sends. */
  get payer(): Payer {
    return this.accountId ?? this.network
  }

  get bufferedBytes(): number {
    return this.#ws === null || this.isClosed ? 0 : this.#ws.getBufferedAmount()
  }

  onOpen(ws: WebSocket<SocketData>): void {
    this.#ws = ws
  }

  onClose(): void {
    this.isClosed = true
    this.#ws = null
    this.#outbox = []
  }

  send(frame: ServerFrame): void {
    if (this.isClosed) return
    const bytes = this.#outgoing.encode(frame, this.wire)
    if (!this.#parts.isEmpty && 'ch' in frame && this.#parts.has(frame.ch))
      this.#hold(frame.ch, bytes)
    else this.#put(bytes)
  }

  sendParts(snapshot: Snapshot, onWhole: () => void): void {
    if (this.isClosed) return
    this.#parts.begin(snapshot, onWhole)
    this.#outgoing.add(this)
  }

  isSentParts(channel: string): boolean {
    return this.#parts.has(channel)
  }

  cancelParts(channel: string): void {
    this.#parts.cancel(channel)
  }

  /** Sends the next parts of snapshots, once those before them have been taken. */
  pump(): void {
    if (this.#parts.isEmpty || this.#ws === null) return
    const isTaken = (): boolean => !this.isClosed && this.bufferedBytes <= PART_TAKEN_BYTES
    this.#parts.pump(
      isTaken,
      (part) => this.#sendPart(part),
      (held) => this.#put(held),
    )
    if (this.#parts.isEmpty) this.#heldBytes = 0
  }

  /** True when a snapshot is under way of which it has taken nothing for too long. */
  isStalled(nowMs: number): boolean {
    const bytes = this.bufferedBytes
    if (this.#parts.isEmpty || bytes < this.#waitedBytes || this.#tookAtMs === 0)
      this.#tookAtMs = nowMs
    this.#waitedBytes = bytes
    return nowMs - this.#tookAtMs > SNAPSHOT_STALLED_MS_MAX
  }

  #put(bytes: string | Uint8Array): void {
    if (this.#outbox.length === 0) this.#outgoing.add(this)
    this.#outbox.push(bytes)
  }

  #hold(channel: string, bytes: string | Uint8Array): void {
    this.#heldBytes += bytes.length
    this.#parts.hold(channel, bytes)
    if (this.#heldBytes > BUFFERED_BYTES_MAX) this.end('slow-reader')
  }

  #sendPart(part: ChannelFrame): void {
    const { isBinary } = this.wire
    const bytes = this.#outgoing.encode(part, this.wire)
    this.#partBytes = bytes.length
    this.#tookAtMs = 0
    this.#ws?.send(bytes, isBinary, true)
  }

  /** Bytes of updates and answers that wait to be taken, without those of a part. */
  get #behindBytes(): number {
    const bytes = this.bufferedBytes
    if (bytes <= PART_TAKEN_BYTES) this.#partBytes = 0
    return Math.max(0, bytes - this.#partBytes)
  }

  reply(frame: ReplyFrame): void {
    this.send(frame)
  }

  refuse(id: number, why: Reject): void {
    this.send({ t: 'reply', id, ok: false, e: why })
  }

  /** Writes what waits. Called once a turn. */
  flush(): void {
    const ws = this.#ws
    if (ws === null || this.isClosed) return
    const { isBinary } = this.wire
    const frames = this.#outbox
    this.#outbox = []
    if (frames.length === 0) {
      this.pump()
      return
    }
    if (frames.length === 1) ws.send(frames[0] ?? '', isBinary)
    else
      ws.cork(() => {
        for (const frame of frames) {
          // A send may be what closes it.
          if (this.isClosed) return
          ws.send(frame, isBinary)
        }
      })
    if (!this.isClosed && this.#behindBytes > BUFFERED_BYTES_MAX) this.end('slow-reader')
    this.pump()
  }

  /** Says why and closes. */
  end(reason: CloseReason): void {
    const ws = this.#ws
    if (ws === null || this.isClosed) return
    if (this.#outbox.length > 0 && reason !== 'slow-reader') this.flush()
    if (!this.isClosed) ws.end(CLOSE_CODES[reason], reason)
  }

  /** For one that answers nothing any more. */
  cut(): void {
    if (!this.isClosed) this.#ws?.close()
  }

  ping(): void {
    if (!this.isClosed) this.#ws?.ping()
  }

  join(channel: string): void {
    if (!this.isLagging && !this.isClosed) this.#ws?.subscribe(topicOf(this.wire, channel))
  }

  leave(channel: string): void {
    if (!this.isClosed) this.#ws?.unsubscribe(topicOf(this.wire, channel))
  }

  /** Public channels stop for a reader that is far behind, until it has caught up.
   *  @returns true when it has just caught up: then it needs each of them anew */
  checkLag(isPublic: (channel: string) => boolean): 'fell-behind' | 'caught-up' | null {
    const bytes = this.#behindBytes
    if (!this.isLagging && bytes > LAGGING_BYTES_MAX) {
      for (const channel of this.following) if (isPublic(channel)) this.leave(channel)
      this.isLagging = true
      return 'fell-behind'
    }
    if (!this.isLagging || bytes > LAGGING_BYTES_MAX / 8) return null
    this.isLagging = false
    return 'caught-up'
  }

  onAnswered(request: Admitted): void {
    this.inFlight--
    if (this.isClosed) return
    const answer = request.isBatch ? batchReply(request) : commandReply(request)
    const rl = this.#desk.limitState(request.op, request.accountId)
    const { id } = request
    if (isReject(answer)) this.reply({ t: 'reply', id, ok: false, e: answer, rl })
    else this.reply({ t: 'reply', id, ok: true, r: answer as never, rl })
  }

  onFailed(request: Admitted, why: Reject): void {
    this.inFlight--
    this.refuse(request.id, why)
  }
}

export function topicOf(wire: Wire, channel: string): string {
  return wire.isBinary ? `m/${channel}` : `j/${channel}`
}
