/** The operations of the public protocol: one row each for the WebSocket and for HTTP alike.
 *
 *  A new operation is a row here; the gateway's dispatch and the client are typed from this table, so
 *  the compiler names what was forgotten. Unknown fields are refused everywhere. */
import { z } from 'zod'
import { keySchema } from './key.ts'
import {
  AMOUNT_MINOR_MAX,
  BATCH_COMMANDS_MAX,
  CHANNELS_PER_CONNECTION_MAX,
  LISTING_OPEN_MS_MAX,
  LISTING_OPEN_MS_MIN,
  RATE_PPM_MAX,
  TERM_MONTHS_MAX,
} from './limit.ts'
import { FUNDING_MODES, GRADES, PURPOSES } from './command.ts'
import type { AccountId, AtMs, BidId, ListingId, Minor, RatePpm, Sequence } from './unit.ts'
import type { Permission } from './permission.ts'

/** A zod number that comes out branded: the edge is where a plain number becomes money. */
function branded<Brand extends number>(schema: z.ZodNumber): z.ZodType<Brand, number> {
  return schema as unknown as z.ZodType<Brand, number>
}

const amountMinor = branded<Minor>(z.int().min(1).max(AMOUNT_MINOR_MAX))
const ratePpm = branded<RatePpm>(z.int().min(0).max(RATE_PPM_MAX))
const accountId = branded<AccountId>(z.int().min(1))
const listingId = branded<ListingId>(z.int().min(1))
const bidId = branded<BidId>(z.int().min(1))
const deadlineMs = branded<AtMs>(z.int().min(1)).optional()
const sequence = branded<Sequence>(z.int().min(0))

/** How far an answer must have come before the caller hears it. */
export const ACK_STAGES = ['durable', 'recorded', 'settled'] as const
export type AckStage = (typeof ACK_STAGES)[number]
export const ackStageSchema = z.enum(ACK_STAGES)

const placeBid = z.strictObject({ key: keySchema, listingId, amountMinor, ratePpm, deadlineMs })
const cancelBid = z.strictObject({ key: keySchema, bidId, deadlineMs })

/** A batch may mix both; each is told by its fields. */
const batchItem = z.union([placeBid, cancelBid])

const channelRequest = z.strictObject({
  channel: z.string().max(64),
  /** The `seq` of the last frame seen; with `epoch`, asks for what was missed. */
  since: sequence.optional(),
  epoch: z.int().min(0).optional(),
})

interface Operation {
  /** null: open to anyone, signed in or not. */
  readonly permission: Permission | null
  readonly params: z.ZodType
}

export const OPERATIONS = {
  /** Ties the connection to a session. */
  logon: { permission: null, params: z.strictObject({ token: z.string().min(1).max(128) }) },
  logout: { permission: null, params: z.strictObject({}) },
  ping: { permission: null, params: z.strictObject({}) },
  subscribe: {
    permission: null,
    params: z.strictObject({
      channels: z.array(channelRequest).min(1).max(CHANNELS_PER_CONNECTION_MAX),
    }),
  },
  unsubscribe: {
    permission: null,
    params: z.strictObject({
      channels: z.array(z.string().max(64)).min(1).max(CHANNELS_PER_CONNECTION_MAX),
    }),
  },
  'bid.place': { permission: 'bid.write', params: placeBid },
  'bid.cancel': { permission: 'bid.write', params: cancelBid },
  'bid.batch': {
    permission: 'bid.write',
    params: z.strictObject({ items: z.array(batchItem).min(1).max(BATCH_COMMANDS_MAX) }),
  },
  'cash.deposit': {
    permission: 'cash.deposit',
    params: z.strictObject({ key: keySchema, accountId, amountMinor }),
  },
  'listing.open': {
    permission: 'listing.open',
    params: z.strictObject({
      key: keySchema,
      borrowerId: accountId,
      mode: z.enum(FUNDING_MODES),
      amountMinor,
      ratePpm,
      termMonths: z.int().min(1).max(TERM_MONTHS_MAX),
      minBidMinor: amountMinor,
      openMs: z.int().min(LISTING_OPEN_MS_MIN).max(LISTING_OPEN_MS_MAX),
      grade: z.enum(GRADES),
      purpose: z.enum(PURPOSES),
    }),
  },
  /** The true outcome of one of the caller's keys, from the records. */
  'outcome.get': { permission: 'own.read', params: z.strictObject({ key: keySchema }) },
} as const satisfies Record<string, Operation>

export type OperationName = keyof typeof OPERATIONS
export type OperationParams<Name extends OperationName> = z.output<
  (typeof OPERATIONS)[Name]['params']
>
/** What a caller may write, before brands. */
export type OperationInput<Name extends OperationName> = z.input<
  (typeof OPERATIONS)[Name]['params']
>
