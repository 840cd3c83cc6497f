/** The operations of the WebSocket, from the declarations of each area.
 *
 *  A new operation is a declaration in its area's `operation.ts`; one that asks the engine needs nothing
 *  else, for any other the compiler asks for its handler in the gateway. Its parameters and its reply in
 *  the client, in the documents and in the tests follow. Unknown fields are refused everywhere. */
import type { z } from 'zod'
import { CASH_OPERATIONS } from './cash/operation.ts'
import type { CommandKind } from './command.ts'
import type { Said } from './declare/shape.ts'
import { FEED_OPERATIONS } from './feed/operation.ts'
import { KEY_OPERATIONS } from './keys/operation.ts'
import { MARKET_OPERATIONS } from './market/operation.ts'
import { PERSON_OPERATIONS } from './person/operation.ts'

export { ACK_STAGES } from './declare/ack.ts'
export type { AckStage } from './declare/ack.ts'

/** By name, in the order of the documents. */
export const OPERATIONS = {
  ...PERSON_OPERATIONS,
  ...FEED_OPERATIONS,
  ...MARKET_OPERATIONS,
  ...CASH_OPERATIONS,
  ...KEY_OPERATIONS,
} as const

type Operations = typeof OPERATIONS
export type OperationName = keyof Operations
export const OPERATION_NAMES = Object.keys(OPERATIONS) as readonly OperationName[]
export type OperationParams<Name extends OperationName> = z.output<Operations[Name]['params']>
/** What a caller may write, before brands. */
export type OperationInput<Name extends OperationName> = z.input<Operations[Name]['params']>
export type OperationReply<Name extends OperationName> = Said<Operations[Name]['reply']>

/** Those that become one command of the engine each. */
export type SingleCommandOperation = {
  [Name in OperationName]: Operations[Name] extends { readonly command: unknown } ? Name : never
}[OperationName]
/** And those that become several. */
export type BatchOperation = {
  [Name in OperationName]: Operations[Name] extends { readonly batched: unknown } ? Name : never
}[OperationName]
export type CommandOperation = SingleCommandOperation | BatchOperation

/** Commands that are asked for in the name of another account, such as an operator's deposit. */
export const KINDS_FOR_OTHERS: ReadonlySet<CommandKind> = new Set(
  Object.values(OPERATIONS).flatMap((declared) =>
    'command' in declared && declared.owner !== null ? [declared.command.kind] : [],
  ),
)
