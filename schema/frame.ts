/** The frames of the WebSocket, the same in both subprotocols (JSON text, msgpack binary). */
import { z } from 'zod'
import type { AtMs, BidId, Minor, Sequence } from './unit.ts'
import type { Answer } from './event.ts'
import type { Reject, RejectCode } from './reject.ts'
import { ackStageSchema, OPERATIONS } from './operation.ts'
import type { AckStage, OperationName } from './operation.ts'

export const SUBPROTOCOLS = ['lendbook.v1.json', 'lendbook.v1.msgpack'] as const
export type Subprotocol = (typeof SUBPROTOCOLS)[number]

/** The envelope of every request; `p` is then parsed by its operation's own schema. */
export const requestFrameSchema = z.strictObject({
  /** The caller's number for this request; comes back in the reply. */
  id: z.int().min(0),
  op: z.enum(Object.keys(OPERATIONS) as [OperationName, ...OperationName[]]),
  p: z.unknown(),
  /** For commands: the stage to wait for; `durable` when left out. */
  ack: ackStageSchema.optional(),
})
export type RequestFrame = z.output<typeof requestFrameSchema>

/** The reply to one command. A refusal is a reply with `ok: false` (see `ReplyFrame`). */
export interface CommandReply {
  /** The stage that was reached; less than was asked for only after `ACK_WAIT_MS_MAX`. */
  readonly stage: AckStage
  readonly sequence: Sequence
  readonly atMs: AtMs
  /** True when the key had been answered before: this is that answer again. */
  readonly isRepeated: boolean
  readonly answer: Exclude<Answer, { kind: 'Refused' }>
}

/** One answer of a batch, brief: the client knows what it asked. */
export type BriefAnswer =
  | { readonly bidId: BidId; readonly acceptedMinor: Minor }
  | { readonly bidId: BidId; readonly releasedMinor: Minor }
  | { readonly code: RejectCode }

/** The reply to a batch: one answer for each item, in order. `ok` is true even if all were refused. */
export interface BatchReply {
  readonly stage: AckStage
  /** Of the last item's entry: the whole batch is at or before it. */
  readonly sequence: Sequence
  readonly atMs: AtMs
  readonly answers: readonly BriefAnswer[]
}

/** One channel's part of the reply to `subscribe`. The missed deltas or a snapshot follow at once. */
export interface SubscribeReply {
  readonly channels: readonly {
    readonly channel: string
    readonly epoch: number
    readonly seq: Sequence
    /** True: every delta after `since` follows. False: a snapshot follows. Never a part. */
    readonly recovered: boolean
  }[]
}

/** The settled truth about one key. */
export interface OutcomeReply {
  readonly sequence: Sequence
  readonly atMs: AtMs
  readonly answer: Answer
}

export interface OperationReplies {
  readonly logon: { readonly accountId: number; readonly roles: readonly string[] }
  readonly logout: { readonly accountId: null }
  readonly ping: { readonly atMs: number }
  readonly subscribe: SubscribeReply
  readonly unsubscribe: { readonly channels: readonly string[] }
  readonly 'bid.place': CommandReply
  readonly 'bid.cancel': CommandReply
  readonly 'bid.batch': BatchReply
  readonly 'cash.deposit': CommandReply
  readonly 'listing.open': CommandReply
  readonly 'outcome.get': OutcomeReply
}

/** What is left of the caller's rate limit, in the units of the bucket that was used. */
export interface LimitState {
  readonly left: number
  readonly resetMs: number
}

export type ReplyFrame =
  | {
      readonly t: 'reply'
      readonly id: number
      readonly ok: true
      readonly r: OperationReplies[OperationName]
      readonly rl?: LimitState
    }
  | {
      readonly t: 'reply'
      /** -1 when the request's own id could not be read. */
      readonly id: number
      readonly ok: false
      readonly e: Reject
      readonly rl?: LimitState
    }

export interface HelloFrame {
  readonly t: 'hello'
  readonly market: string
  readonly currency: string
  /** The time of the journal's first entry: another epoch is another journal. 0 while it is empty. */
  readonly epoch: number
  readonly sequence: Sequence
}

export interface ChannelFrame {
  readonly t: 'snapshot' | 'delta'
  readonly ch: string
  readonly epoch: number
  /** The channel is now as of this sequence. */
  readonly seq: Sequence
  /** The `seq` of the frame before; equal to `seq` in a snapshot. */
  readonly prev: Sequence
  readonly d: unknown
}

/** Once a second: how far the journal, its record and the ledger have come. */
export interface HeartbeatFrame {
  readonly t: 'heartbeat'
  readonly sequence: Sequence
  readonly recorded: Sequence
  readonly settled: Sequence
  readonly atMs: number
}

export interface GoawayFrame {
  readonly t: 'goaway'
  readonly reconnectAfterMs: number
}

export type ServerFrame = HelloFrame | ReplyFrame | ChannelFrame | HeartbeatFrame | GoawayFrame
