/** How each operation that asks the engine for something becomes commands. The compiler names the
 *  operation that was forgotten. */
import { OPERATIONS } from '../../schema/index.ts'
import type {
  AccountId,
  CancelBid,
  Command,
  OperationName,
  OperationParams,
  PlaceBid,
  Reject,
} from '../../schema/index.ts'
import { isPlainBid, isPlainCancel, readBatch } from './batch-form.ts'
import { fieldReject } from './field-reject.ts'
import type { BucketName } from './rate-limits.ts'

export const COMMAND_OPERATIONS = [
  'bid.place',
  'bid.cancel',
  'bid.batch',
  'cash.deposit',
  'listing.open',
] as const satisfies readonly OperationName[]
export type CommandOperation = (typeof COMMAND_OPERATIONS)[number]

interface CommandForm<Op extends CommandOperation> {
  /** Pays for the whole request; a batch pays for its cancels from theirs. */
  readonly bucket: BucketName
  read(params: unknown): OperationParams<Op> | Reject
  /** @param accountId who asks */
  commands(params: OperationParams<Op>, accountId: AccountId): readonly Command[]
}

export const COMMAND_FORMS: { readonly [Op in CommandOperation]: CommandForm<Op> } = {
  'bid.place': {
    bucket: 'bids',
    read: (params) => (isPlainBid(params) ? params : read('bid.place', params)),
    commands: (params, accountId) => [placeBid(params, accountId)],
  },
  'bid.cancel': {
    bucket: 'cancels',
    read: (params) => (isPlainCancel(params) ? params : read('bid.cancel', params)),
    commands: (params, accountId) => [cancelBid(params, accountId)],
  },
  'bid.batch': {
    bucket: 'bids',
    read: readBatch,
    commands: ({ items }, accountId) =>
      items.map((item) =>
        'listingId' in item ? placeBid(item, accountId) : cancelBid(item, accountId),
      ),
  },
  'cash.deposit': {
    bucket: 'commands',
    read: (params) => read('cash.deposit', params),
    // The key belongs to the account that the money is for: two operators cannot book it twice.
    commands: ({ key, accountId, amountMinor }) => [
      { kind: 'Deposit', key, accountId, deadlineMs: 0, amountMinor },
    ],
  },
  'listing.open': {
    bucket: 'commands',
    read: (params) => read('listing.open', params),
    commands: ({ borrowerId, ...terms }) => [
      { kind: 'OpenListing', accountId: borrowerId, deadlineMs: 0, ...terms },
    ],
  },
}

export function isCommandOperation(op: OperationName): op is CommandOperation {
  return (COMMAND_OPERATIONS as readonly string[]).includes(op)
}

/** How many of them give something up rather than ask for more. */
export function countCancels(commands: readonly Command[]): number {
  let count = 0
  for (const command of commands) if (command.kind === 'CancelBid') count++
  return count
}

function read<Op extends CommandOperation>(op: Op, params: unknown): OperationParams<Op> | Reject {
  const result = OPERATIONS[op].params.safeParse(params)
  return result.success ? (result.data as OperationParams<Op>) : fieldReject(result.error)
}

function placeBid(params: OperationParams<'bid.place'>, accountId: AccountId): PlaceBid {
  const { key, listingId, amountMinor, ratePpm, deadlineMs } = params
  return {
    kind: 'PlaceBid',
    key,
    accountId,
    deadlineMs: deadlineMs ?? 0,
    listingId,
    amountMinor,
    ratePpm,
  }
}

function cancelBid(params: OperationParams<'bid.cancel'>, accountId: AccountId): CancelBid {
  const { key, bidId, deadlineMs } = params
  return { kind: 'CancelBid', key, accountId, deadlineMs: deadlineMs ?? 0, bidId }
}
