/** The requests that wait for an answer, in the order they were made.
 *
 *  Invariant: a request is in `#open` until its caller has heard; it is in flight only while the
 *  connection that carried it lives. When the connection goes, all of them become unsent again and go
 *  out in order on the next one: commands carry keys, so sending twice is harmless. */
import type {
  AckStage,
  OperationName,
  OperationReplies,
  ReplyFrame,
  Reject,
} from '../../schema/index.ts'
import { ClientClosed, isSilentOnBefore, RequestRefused, RequestUnanswered } from './error.ts'
import { Numbered } from './numbered.ts'

export interface RequestOptions {
  /** The stage to wait for; commands only. `durable` when left out. */
  readonly ack?: AckStage
  /** How long to go on trying, over reconnects, before `RequestUnanswered`. 15 seconds if not said. */
  readonly timeoutMs?: number
  /** False: hear `busy`, `rate-limited` and the like at once instead of having it tried again. */
  readonly isRetried?: boolean
}

interface Open {
  readonly id: number
  readonly op: OperationName
  readonly params: unknown
  readonly ack: AckStage | undefined
  readonly isRetried: boolean
  readonly expiresAtMs: number
  /** Not to be sent before this: the gateway asked for patience. */
  notBeforeMs: number
  isInFlight: boolean
  /** It was sent once on a connection that was lost before it was answered. */
  wasLost: boolean
  readonly resolve: Resolve
  readonly reject: (error: Error) => void
}

type Resolve = (reply: OperationReplies[OperationName]) => void

/** What goes over the wire for one request. */
export interface RequestOnWire {
  readonly id: number
  readonly op: OperationName
  readonly p: unknown
  readonly ack?: AckStage
}

const TIMEOUT_MS = 15_000
/** The gateway closes nobody for less, so this many never meets `too-many-in-flight`. */
const IN_FLIGHT_MAX = 512
/** Requests kept while there is no connection or too many are in flight; the next one is refused. */
const OPEN_MAX = 20_000
/** And from the oldest of them to the newest, answered ones included: one that is tried again and again
 *  while a hundred thousand others a second are answered. */
const SPAN_MAX = 1_000_000
const RETRY_AFTER_MS = 100
/** Whoever asks too often asks for nothing of the kind for so long: enough flows in meanwhile that most of what
 *  waits is let through, rather than one after many refusals. */
const HOLD_MS = 500

export class Requests {
  readonly #send: (frame: RequestOnWire) => void
  readonly #now: () => number
  readonly #open = new Numbered<Open>()
  #unsent: Open[] = []
  #head = 0
  #inFlight = 0
  /** Operations that the gateway said are asked for too often, and until when none of them is sent. */
  readonly #heldUntilMs = new Map<OperationName, number>()
  readonly #parity: 0 | 1
  #isReady = false

  /** @param parity 0 or 1: two of these share a connection, one has the even ids */
  constructor(send: (frame: RequestOnWire) => void, now: () => number, parity: 0 | 1) {
    this.#send = send
    this.#now = now
    this.#parity = parity
  }

  get size(): number {
    return this.#open.size
  }

  /** @param resolve called in the same turn in which the answer arrives, before the next frame */
  add(
    op: OperationName,
    params: unknown,
    options: RequestOptions,
    resolve: Resolve,
    reject: (error: Error) => void,
  ): void {
    if (this.#open.size >= OPEN_MAX || this.#open.span >= SPAN_MAX) {
      reject(new RequestUnanswered(`too many requests wait already; ${op} was not sent`))
      return
    }
    const open: Open = {
      id: 2 * this.#open.next + this.#parity,
      op,
      params,
      ack: options.ack,
      isRetried: options.isRetried ?? true,
      expiresAtMs: this.#now() + (options.timeoutMs ?? TIMEOUT_MS),
      notBeforeMs: 0,
      isInFlight: false,
      wasLost: false,
      resolve,
      reject,
    }
    this.#open.add(open)
    const isNext = this.#head === this.#unsent.length && !this.#isHeld(open, this.#now())
    if (this.#isReady && isNext && this.#inFlight < IN_FLIGHT_MAX) this.#dispatch(open)
    else this.#unsent.push(open)
  }

  /** The connection may carry requests now. */
  start(): void {
    this.#isReady = true
    this.flush()
  }

  /** The gateway is going: nothing new on this connection, but answers may still come. */
  pause(): void {
    this.#isReady = false
  }

  /** The connection is gone: what it carried is unsent again. */
  stop(): void {
    this.#isReady = false
    this.#inFlight = 0
    for (const open of this.#open.values()) {
      open.wasLost ||= open.isInFlight
      open.isInFlight = false
    }
    this.#unsent = [...this.#open.values()]
    this.#head = 0
  }

  answer(frame: ReplyFrame): void {
    const open = this.#find(frame.id)
    if (open === null) return
    if (open.isInFlight) this.#inFlight--
    open.isInFlight = false
    if (!frame.ok && open.isRetried && this.#retryLater(open, frame.e)) return
    this.#remove(open)
    if (frame.ok) open.resolve(frame.r)
    else if (open.wasLost && isSilentOnBefore(frame.e)) open.reject(unanswered(open))
    else open.reject(new RequestRefused(frame.e))
    if (this.#head < this.#unsent.length) this.flush()
  }

  /** Gives up what has waited too long and sends what has waited long enough. Called now and then. */
  sweep(): void {
    const now = this.#now()
    for (const open of this.#open.values())
      if (open.expiresAtMs <= now) {
        this.#remove(open)
        if (open.isInFlight) this.#inFlight--
        open.reject(unanswered(open))
      }
    this.flush()
  }

  closeAll(why: string): void {
    this.#isReady = false
    for (const open of this.#open.values()) open.reject(new ClientClosed(why))
    this.#open.clear()
    this.#unsent = []
    this.#head = 0
  }

  flush(): void {
    if (!this.#isReady) return
    const now = this.#now()
    const later: Open[] = []
    while (this.#head < this.#unsent.length && this.#inFlight < IN_FLIGHT_MAX) {
      const open = this.#unsent[this.#head++]
      if (open === undefined || this.#find(open.id) === null) continue
      if (open.notBeforeMs > now || this.#isHeld(open, now)) later.push(open)
      else this.#dispatch(open)
    }
    this.#unsent = later.concat(this.#unsent.slice(this.#head))
    this.#head = 0
  }

  #find(id: number): Open | null {
    return this.#open.get((id - this.#parity) / 2)
  }

  #remove({ id }: Open): void {
    this.#open.remove((id - this.#parity) / 2)
  }

  #dispatch(open: Open): void {
    open.isInFlight = true
    this.#inFlight++
    const { id, op, params, ack } = open
    this.#send(ack === undefined ? { id, op, p: params } : { id, op, p: params, ack })
  }

  #retryLater(open: Open, why: Reject): boolean {
    if (why.class !== 'retry-after' && why.class !== 'retry-same-key') return false
    const at = this.#now() + (why.retryAfterMs ?? RETRY_AFTER_MS)
    if (at >= open.expiresAtMs) return false
    open.notBeforeMs = at
    this.#unsent.push(open)
    if (why.code === 'rate-limited')
      this.#heldUntilMs.set(open.op, Math.max(at, this.#now() + HOLD_MS))
    return true
  }

  #isHeld({ op }: Open, now: number): boolean {
    return (this.#heldUntilMs.get(op) ?? 0) > now
  }
}

function unanswered({ op }: Open): RequestUnanswered {
  return new RequestUnanswered(`no answer to ${op} in time; its outcome is not known`)
}
