/** What each event does to the ledger: the one place for its postings.
 *
 *  A transfer is one debit and one credit of the same amount, so debits equal credits by shape. What
 *  an event moves is said by the event alone; nothing is looked up. */
import { minor } from '../../../schema/unit.ts'
import type { Minor } from '../../../schema/unit.ts'
import type { Event, EventKind, Fill, LoanDisbursed } from '../../../schema/event.ts'
import { AVAILABLE, CLAIM, COLLECTED, HELD, LOAN, MARKET_OWNER, POOL } from './chart.ts'
import type { ChartCode } from './chart.ts'

export interface Transfer {
  readonly debitCode: ChartCode
  readonly debitOwner: number
  readonly creditCode: ChartCode
  readonly creditOwner: number
  /** Above zero. */
  readonly amountMinor: Minor
}

export type EventOf<Kind extends EventKind> = Extract<Event, { kind: Kind }>

const NOTHING: readonly Transfer[] = []

const POSTINGS: {
  readonly [Kind in EventKind]: (event: EventOf<Kind>) => readonly Transfer[]
} = {
  Deposited: (event) => [
    transfer(POOL, MARKET_OWNER, AVAILABLE, event.accountId, event.amountMinor),
  ],
  ListingOpened: () => NOTHING,
  BidPlaced: (event) => [
    transfer(AVAILABLE, event.accountId, HELD, event.accountId, event.acceptedMinor),
  ],
  BidOutbid: (event) => [release(event.accountId, event.releasedMinor)],
  BidCancelled: (event) => [release(event.accountId, event.releasedMinor)],
  // The cash stays held until the loan is disbursed.
  ListingAllocated: () => NOTHING,
  LoanDisbursed: (event) => [
    ...event.fills.flatMap((fill) => buyClaim(event, fill)),
    transfer(COLLECTED, event.listingId, AVAILABLE, event.borrowerId, event.amountMinor),
  ],
  ListingExpired: (event) => event.released.map((bid) => release(bid.accountId, bid.amountMinor)),
  Refused: () => NOTHING,
  Repeated: () => NOTHING,
}

/** The transfers of one event, in the order they are numbered. */
export function postingsOf(event: Event): readonly Transfer[] {
  const post = POSTINGS[event.kind] as (event: Event) => readonly Transfer[]
  return post(event)
}

function release(accountId: number, amountMinor: Minor): Transfer {
  return transfer(HELD, accountId, AVAILABLE, accountId, amountMinor)
}

/** The lender's cash goes to the listing, and the lender holds a claim on the loan instead. */
function buyClaim(loan: LoanDisbursed, fill: Fill): Transfer[] {
  return [
    transfer(HELD, fill.accountId, COLLECTED, loan.listingId, fill.amountMinor),
    transfer(CLAIM, fill.bidId, LOAN, loan.listingId, fill.amountMinor),
  ]
}

function transfer(
  debitCode: ChartCode,
  debitOwner: number,
  creditCode: ChartCode,
  creditOwner: number,
  amountMinor: number,
): Transfer {
  return { debitCode, debitOwner, creditCode, creditOwner, amountMinor: minor(amountMinor) }
}
