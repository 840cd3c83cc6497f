/** The frames of the WebSocket, the same in both subprotocols (JSON text, msgpack binary). */
import { z } from 'zod'
import type { COMMANDS, CommandKind } from './command.ts'
import { position } from './declare/field.ts'
import type { CommandReplyOf } from './declare/operation.ts'
import { said } from './declare/shape.ts'
import type { Said } from './declare/shape.ts'
import { ACK_STAGES, OPERATION_NAMES } from './operation.ts'
import type { OperationName, OperationReply } from './operation.ts'
import { rejectSchema } from './refusal.ts'

export const SUBPROTOCOLS = ['lendbook.v1.json', 'lendbook.v1.msgpack'] as const
export type Subprotocol = (typeof SUBPROTOCOLS)[number]

const requestId = z
  .int()
  .min(0)
  .describe("The caller's number for this request; comes back in the reply.")
const epoch = z
  .int()
  .min(0)
  .describe("The time of the journal's first entry: another epoch is another journal. 0: empty.")

/** The envelope of every request; `p` is then parsed by its operation's own schema. */
export const requestFrameSchema = z.strictObject({
  id: requestId,
  op: z.enum(OPERATION_NAMES).describe('The operation.'),
  p: z.unknown().describe('Its parameters.'),
  ack: z
    .enum(ACK_STAGES)
    .optional()
    .describe('For commands: the stage to wait for; `durable` when left out.'),
})
export type RequestFrame = z.output<typeof requestFrameSchema>

/** The reply to one command. A refusal is a reply with `ok: false` (see `ReplyFrame`). */
export type CommandReply<Kind extends CommandKind = CommandKind> = CommandReplyOf<
  (typeof COMMANDS)[Kind]
>
export type BatchReply = OperationReply<'bid.batch'>
/** What a batch may hold. */
export type BatchedKind = 'PlaceBid' | 'CancelBid' | 'AmendBid'
/** One channel's part of the reply to `subscribe`. The missed deltas or a snapshot follow at once. */
export type SubscribeReply = OperationReply<'subscribe'>

export type OperationReplies = { readonly [Name in OperationName]: OperationReply<Name> }

/** What is left of the caller's rate limit, in the units of the bucket that was used. */
export const limitState = z
  .strictObject({
    left: z.int().min(0).describe('What is left.'),
    resetMs: z.int().min(0).describe('How long until all of it is there again.'),
  })
  .meta({ id: 'LimitState', description: 'What is left of the rate limit that paid.' })
export type LimitState = Said<typeof limitState>

/** The frame that carries a reply of this form. */
export const replyFrame = (reply: z.ZodType) =>
  z.strictObject({
    t: z.literal('reply'),
    id: requestId,
    ok: z.literal(true),
    r: reply,
    rl: limitState.exactOptional(),
  })

/** The frame that says no to a request. */
export const refusalFrame = z
  .strictObject({
    t: z.literal('reply'),
    id: z.int().min(-1).describe("The request's; -1 when that could not be read."),
    ok: z.literal(false),
    e: rejectSchema,
    rl: limitState.exactOptional(),
  })
  .meta({ id: 'RefusalFrame', description: 'The reply to a request that is refused.' })

export type ReplyFrame =
  | (Said<ReturnType<typeof replyFrame>> & { readonly r: OperationReplies[OperationName] })
  | Said<typeof refusalFrame>

/** The frame that carries all of a channel or a change of it. */
export const channelFrame = <Data extends z.ZodType>(kind: 'snapshot' | 'delta', data: Data) =>
  z.strictObject({
    t: z.literal(kind),
    ch: z.string().describe('The channel.'),
    epoch,
    seq: said(position('The channel is now as of this sequence.')),
    prev: said(position('The `seq` of the frame before; equal to `seq` in a snapshot.')),
    part: z
      .int()
      .min(1)
      .exactOptional()
      .describe('Of a snapshot in parts: which part this is. Left out when it is whole.'),
    parts: z.int().min(2).exactOptional().describe('Of a snapshot in parts: how many there are.'),
    d: data,
  })
export type ChannelFrame = Said<ReturnType<typeof channelFrame>>

/** What the gateway says by itself. */
export const GATEWAY_FRAMES = {
  hello: z
    .strictObject({
      t: z.literal('hello'),
      market: z.string().describe('The name of the market.'),
      currency: z.string().describe('ISO 4217.'),
      epoch,
      sequence: said(position('How far the journal is.')),
      atMs: z
        .int()
        .min(0)
        .describe('Now, by the clock of the gateway. Make keys by it if yours may be wrong.'),
    })
    .meta({ id: 'HelloFrame', description: 'Sent at once.' }),
  heartbeat: z
    .strictObject({
      t: z.literal('heartbeat'),
      sequence: said(position('How far the journal is.')),
      recorded: said(position('How far its record in Postgres is.')),
      settled: said(position('How far the ledger is.')),
      atMs: z.int().min(0).describe('Now, by the clock of the gateway.'),
    })
    .meta({
      id: 'HeartbeatFrame',
      description: 'Once a second: how far the journal, its record and the ledger have come.',
    }),
  goaway: z
    .strictObject({
      t: z.literal('goaway'),
      reconnectAfterMs: z.int().min(0).describe('When to connect again.'),
    })
    .meta({
      id: 'GoawayFrame',
      description: 'The gateway closes soon: send nothing new, connect again after that time.',
    }),
} as const
export type HelloFrame = Said<typeof GATEWAY_FRAMES.hello>
export type HeartbeatFrame = Said<typeof GATEWAY_FRAMES.heartbeat>
export type GoawayFrame = Said<typeof GATEWAY_FRAMES.goaway>

export type ServerFrame = HelloFrame | ReplyFrame | ChannelFrame | HeartbeatFrame | GoawayFrame
