/** What can be asked of the engine: every command, from the declarations of each area.
 *
 *  A new command is a declaration in its area's `command.ts` and a row here; then the compiler asks for
 *  its case in `engine/apply.ts` and nothing else. */
import { DEPOSIT } from './cash/command.ts'
import type { MessageOf } from './declare/message.ts'
import {
  AMEND_BID,
  APPROVE_LISTING,
  CANCEL_BID,
  OPEN_LISTING,
  PLACE_BID,
  REJECT_LISTING,
  WITHDRAW_LISTING,
} from './market/command.ts'

/** By name; those that come most often first, which is how a reader asks. */
export const COMMANDS = {
  PlaceBid: PLACE_BID,
  CancelBid: CANCEL_BID,
  AmendBid: AMEND_BID,
  Deposit: DEPOSIT,
  OpenListing: OPEN_LISTING,
  WithdrawListing: WITHDRAW_LISTING,
  ApproveListing: APPROVE_LISTING,
  RejectListing: REJECT_LISTING,
} as const

type Declared = (typeof COMMANDS)[keyof typeof COMMANDS]
export type CommandKind = keyof typeof COMMANDS
export type Command = MessageOf<Declared>
export type CommandOf<Kind extends CommandKind> = MessageOf<(typeof COMMANDS)[Kind]>

export type PlaceBid = CommandOf<'PlaceBid'>
export type CancelBid = CommandOf<'CancelBid'>
export type AmendBid = CommandOf<'AmendBid'>
export type Deposit = CommandOf<'Deposit'>
export type OpenListing = CommandOf<'OpenListing'>
export type WithdrawListing = CommandOf<'WithdrawListing'>
export type ApproveListing = CommandOf<'ApproveListing'>
export type RejectListing = CommandOf<'RejectListing'>
