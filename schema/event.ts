/** What the engine says happened: every event, from the declarations of each area. Everything else in
 *  the house is derived from these.
 *
 *  The first event of a command is its *answer*; what it brought about follows. An event says every
 *  movement of money exactly, so that a reader needs no memory of the command to post it.
 *
 *  A new event is a declaration in its area's `event.ts` and a row here; then the compiler asks for its
 *  postings and rows (workers) and its place in the view (gateway). */
import { DEPOSITED } from './cash/event.ts'
import { COMMANDS } from './command.ts'
import type { CommandKind } from './command.ts'
import { account, answer, key, position, rejection } from './declare/field.ts'
import { event } from './declare/message.ts'
import type { BriefOf, MessageOf } from './declare/message.ts'
import { LOAN_DISBURSED } from './loan/event.ts'
import {
  BIDDING_OPENED,
  BID_AMENDED,
  BID_CANCELLED,
  BID_OUTBID,
  BID_PLACED,
  BIDS_CUT,
  BIDS_RELEASED,
  LISTING_ALLOCATED,
  LISTING_APPROVED,
  LISTING_EXPIRED,
  LISTING_OPENED,
  LISTING_REJECTED,
  LISTING_WITHDRAWN,
  REVIEW_LAPSED,
} from './market/event.ts'

export type { Fill } from './declare/field.ts'

const accountId = account('Whose command it was.')

export const REFUSED = event('Refused', {
  number: 9,
  about: 'The command had no effect.',
  fields: {
    accountId,
    key: key("The command's."),
    code: rejection('Why.'),
  },
  brief: ['code'],
})

/** The declared answer of a command that is not refused. */
export type DoneDeclaration<Kind extends CommandKind = CommandKind> =
  (typeof COMMANDS)[Kind]['answer']
/** What a command of this kind is answered by when it is not refused. */
export type Done<Kind extends CommandKind = CommandKind> = MessageOf<DoneDeclaration<Kind>>
export type Refused = MessageOf<typeof REFUSED>
/** The first answer of a command. */
export type Answer = Done | Refused
/** The same in brief, for the caller of a batch. */
export type BriefAnswer<Kind extends CommandKind = CommandKind> =
  BriefOf<DoneDeclaration<Kind>> | BriefOf<typeof REFUSED>

export const REPEATED = event('Repeated', {
  number: 10,
  about: 'The command had already been answered: this is the same answer once more.',
  fields: {
    accountId,
    key: key("The command's."),
    sequence: position('Where it was first given.'),
    answer: answer<Answer>('The answer.'),
  },
})

/** By name; those that come most often first. */
export const EVENTS = {
  BidPlaced: BID_PLACED,
  BidOutbid: BID_OUTBID,
  BidCancelled: BID_CANCELLED,
  BidAmended: BID_AMENDED,
  Refused: REFUSED,
  Repeated: REPEATED,
  Deposited: DEPOSITED,
  ListingOpened: LISTING_OPENED,
  ListingAllocated: LISTING_ALLOCATED,
  LoanDisbursed: LOAN_DISBURSED,
  ListingExpired: LISTING_EXPIRED,
  ListingWithdrawn: LISTING_WITHDRAWN,
  BidsReleased: BIDS_RELEASED,
  BiddingOpened: BIDDING_OPENED,
  BidsCut: BIDS_CUT,
  ListingApproved: LISTING_APPROVED,
  ListingRejected: LISTING_REJECTED,
  ReviewLapsed: REVIEW_LAPSED,
} as const

type Declared = (typeof EVENTS)[keyof typeof EVENTS]
export type EventKind = keyof typeof EVENTS
export type Event = MessageOf<Declared>
export type EventOf<Kind extends EventKind> = MessageOf<(typeof EVENTS)[Kind]>

export type Deposited = EventOf<'Deposited'>
export type ListingOpened = EventOf<'ListingOpened'>
export type BidPlaced = EventOf<'BidPlaced'>
export type BidOutbid = EventOf<'BidOutbid'>
export type BidCancelled = EventOf<'BidCancelled'>
export type BidAmended = EventOf<'BidAmended'>
export type ListingAllocated = EventOf<'ListingAllocated'>
export type LoanDisbursed = EventOf<'LoanDisbursed'>
export type ListingExpired = EventOf<'ListingExpired'>
export type ListingWithdrawn = EventOf<'ListingWithdrawn'>
export type BidsReleased = EventOf<'BidsReleased'>
export type Repeated = EventOf<'Repeated'>
