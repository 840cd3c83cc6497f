/** One WebSocket: what it may do, what it follows, what waits to be sent to it.
 *
 *  Frames of one turn of the event loop leave in one write. Nothing to one connection is ever skipped:
 *  whoever is further behind than BUFFERED_BYTES_MAX is closed, and resumes. */
import type { WebSocket } from 'uWebSockets.js'
import { BUFFERED_BYTES_MAX, CLOSE_CODES, LAGGING_BYTES_MAX } from '../../schema/index.ts'
import type { AccountId, CloseReason, Reject, ReplyFrame, ServerFrame } from '../../schema/index.ts'
import type { Admitted, Asker } from '../admit/admitted.ts'
import { isReject } from '../admit/desk.ts'
import type { Desk } from '../admit/desk.ts'
import { batchReply, commandReply } from '../admit/reply.ts'
import type { Follower } from '../feed/feed.ts'
import type { Session } from '../person/sessions.ts'
import type { Outgoing } from './outgoing.ts'
import type { Wire } from './wire.ts'

export interface SocketData {
  connection: Connection
}

export class Connection implements Follower, Asker {
  readonly wire: Wire
  readonly address: string
  readonly following = new Set<string>()
  session: Session | null = null
  isClosed = false
  /** Commands whose answers it waits for. */
  inFlight = 0
  malformedFrames = 0
  /** Refusals for asking too often, without one that was let through between them. */
  limitedReplies = 0
  heardAtMs: number
  isLagging = false
  readonly #desk: Desk
  readonly #outgoing: Outgoing
  #ws: WebSocket<SocketData> | null = null
  #outbox: (string | Uint8Array)[] = []

  constructor(wire: Wire, address: string, desk: Desk, outgoing: Outgoing, nowMs: number) {
    this.wire = wire
    this.address = address
    this.heardAtMs = nowMs
    this.#desk = desk
    this.#outgoing = outgoing
  }

  get accountId(): AccountId | null {
    return this.session?.accountId ?? null
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
    if (this.#outbox.length === 0) this.#outgoing.add(this)
    this.#outbox.push(this.#outgoing.encode(frame, this.wire))
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
    if (frames.length === 1) ws.send(frames[0] ?? '', isBinary)
    else
      ws.cork(() => {
        for (const frame of frames) {
          // A send may be what closes it.
          if (this.isClosed) return
          ws.send(frame, isBinary)
        }
      })
    if (!this.isClosed && ws.getBufferedAmount() > BUFFERED_BYTES_MAX) this.end('slow-reader')
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
    const bytes = this.bufferedBytes
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
    else this.reply({ t: 'reply', id, ok: true, r: answer, rl })
  }

  onFailed(request: Admitted, why: Reject): void {
    this.inFlight--
    this.refuse(request.id, why)
  }
}

export function topicOf(wire: Wire, channel: string): string {
  return wire.isBinary ? `m/${channel}` : `j/${channel}`
}
