/** What the engine says happened. Everything else in the house is derived from these.
 *
 *  The first event of a command is its *answer*; what it brought about follows. An event says every
 *  movement of money exactly, so that a reader needs no memory of the command to post it.
 *
 *  A new event is: a member here, a number in `EVENT_CODES`, a case in `packEvent`/`unpackEvent`; then
 *  the compiler asks for its postings (workers/settlement), its rows and its place in the feed. */
import { assert, assertNever } from './unit.ts'
import type { AccountId, AtMs, BidId, ListingId, Minor, RatePpm, Sequence } from './unit.ts'
import type { Key } from './key.ts'
import { FUNDING_MODES, GRADES, named, PURPOSES } from './command.ts'
import type { FundingMode, Grade, Purpose } from './command.ts'
import { REJECTS } from './reject.ts'
import type { RejectCode } from './reject.ts'

export interface Deposited {
  readonly kind: 'Deposited'
  readonly accountId: AccountId
  readonly amountMinor: Minor
}

/** Bids are taken from the moment of this event until `closesAtMs`. */
export interface ListingOpened {
  readonly kind: 'ListingOpened'
  readonly listingId: ListingId
  readonly borrowerId: AccountId
  readonly mode: FundingMode
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
  readonly termMonths: number
  readonly minBidMinor: Minor
  readonly closesAtMs: AtMs
  readonly grade: Grade
  readonly purpose: Purpose
}

/** `acceptedMinor` of the `amountMinor` asked for was taken into the book and is now held; the rest
 *  was never held. */
export interface BidPlaced {
  readonly kind: 'BidPlaced'
  readonly bidId: BidId
  readonly listingId: ListingId
  readonly accountId: AccountId
  readonly amountMinor: Minor
  readonly acceptedMinor: Minor
  readonly ratePpm: RatePpm
}

/** A better bid took the place: `releasedMinor` is available again, `acceptedMinor` is what stays in
 *  the book (0: the bid is out). */
export interface BidOutbid {
  readonly kind: 'BidOutbid'
  readonly bidId: BidId
  readonly listingId: ListingId
  readonly accountId: AccountId
  readonly releasedMinor: Minor
  readonly acceptedMinor: Minor
}

export interface BidCancelled {
  readonly kind: 'BidCancelled'
  readonly bidId: BidId
  readonly listingId: ListingId
  readonly accountId: AccountId
  readonly releasedMinor: Minor
}

/** One winning bid of a listing that closed. */
export interface Fill {
  readonly bidId: BidId
  readonly accountId: AccountId
  readonly amountMinor: Minor
}

/** The listing is fully funded: these fills, best first, sum to its amount. The cash stays held until
 *  the loan is disbursed. `ratePpm` is the clearing rate, the same for all. */
export interface ListingAllocated {
  readonly kind: 'ListingAllocated'
  readonly listingId: ListingId
  readonly ratePpm: RatePpm
  readonly fills: readonly Fill[]
}

/** What was held for the fills goes to the borrower; each fill becomes a claim on the loan. */
export interface LoanDisbursed {
  readonly kind: 'LoanDisbursed'
  readonly listingId: ListingId
  readonly borrowerId: AccountId
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
  readonly termMonths: number
  readonly fills: readonly Fill[]
}

/** Not fully funded in time: every bid's cash is available again. */
export interface ListingExpired {
  readonly kind: 'ListingExpired'
  readonly listingId: ListingId
  readonly released: readonly Fill[]
}

/** The command had no effect. */
export interface Refused {
  readonly kind: 'Refused'
  readonly accountId: AccountId
  readonly key: Key
  readonly code: RejectCode
}

/** The command had already been answered: this is the same answer, first given at `sequence`. */
export interface Repeated {
  readonly kind: 'Repeated'
  readonly accountId: AccountId
  readonly key: Key
  readonly sequence: Sequence
  readonly answer: Answer
}

/** The first answer of a command. */
export type Answer = Deposited | ListingOpened | BidPlaced | BidCancelled | Refused
export type Event =
  Answer | Repeated | BidOutbid | ListingAllocated | LoanDisbursed | ListingExpired
export type EventKind = Event['kind']

/** The number of a kind in the journal. Never changed, never reused. */
export const EVENT_CODES = {
  Deposited: 1,
  ListingOpened: 2,
  BidPlaced: 3,
  BidOutbid: 4,
  BidCancelled: 5,
  ListingAllocated: 6,
  LoanDisbursed: 7,
  ListingExpired: 8,
  Refused: 9,
  Repeated: 10,
} as const satisfies Record<EventKind, number>

/** An event as it lies in the journal: its number, then its fields in a fixed order. */
export type EventTuple = readonly unknown[]

export function packEvent(e: Event): EventTuple {
  switch (e.kind) {
    case 'BidPlaced':
      return [
        EVENT_CODES.BidPlaced,
        e.bidId,
        e.listingId,
        e.accountId,
        e.amountMinor,
        e.acceptedMinor,
        e.ratePpm,
      ]
    case 'BidOutbid':
      return [
        EVENT_CODES.BidOutbid,
        e.bidId,
        e.listingId,
        e.accountId,
        e.releasedMinor,
        e.acceptedMinor,
      ]
    case 'BidCancelled':
      return [EVENT_CODES.BidCancelled, e.bidId, e.listingId, e.accountId, e.releasedMinor]
    case 'Refused':
      return [EVENT_CODES.Refused, e.accountId, e.key, REJECTS[e.code].number]
    case 'Repeated':
      return [EVENT_CODES.Repeated, e.accountId, e.key, e.sequence, packEvent(e.answer)]
    case 'Deposited':
      return [EVENT_CODES.Deposited, e.accountId, e.amountMinor]
    case 'ListingOpened':
      return [
        EVENT_CODES.ListingOpened,
        e.listingId,
        e.borrowerId,
        FUNDING_MODES.indexOf(e.mode),
        e.amountMinor,
        e.ratePpm,
        e.termMonths,
        e.minBidMinor,
        e.closesAtMs,
        GRADES.indexOf(e.grade),
        PURPOSES.indexOf(e.purpose),
      ]
    case 'ListingAllocated':
      return [EVENT_CODES.ListingAllocated, e.listingId, e.ratePpm, packFills(e.fills)]
    case 'LoanDisbursed':
      return [
        EVENT_CODES.LoanDisbursed,
        e.listingId,
        e.borrowerId,
        e.amountMinor,
        e.ratePpm,
        e.termMonths,
        packFills(e.fills),
      ]
    case 'ListingExpired':
      return [EVENT_CODES.ListingExpired, e.listingId, packFills(e.released)]
    default:
      return assertNever(e)
  }
}

/** Reads a tuple that `packEvent` made. Our own words: a wrong shape is a broken invariant. */
export function unpackEvent(t: EventTuple): Event {
  switch (t[0]) {
    case EVENT_CODES.BidPlaced:
      assert(t.length === 7, 'BidPlaced has 7 parts')
      return {
        kind: 'BidPlaced',
        bidId: t[1] as BidId,
        listingId: t[2] as ListingId,
        accountId: t[3] as AccountId,
        amountMinor: t[4] as Minor,
        acceptedMinor: t[5] as Minor,
        ratePpm: t[6] as RatePpm,
      }
    case EVENT_CODES.BidOutbid:
      assert(t.length === 6, 'BidOutbid has 6 parts')
      return {
        kind: 'BidOutbid',
        bidId: t[1] as BidId,
        listingId: t[2] as ListingId,
        accountId: t[3] as AccountId,
        releasedMinor: t[4] as Minor,
        acceptedMinor: t[5] as Minor,
      }
    case EVENT_CODES.BidCancelled:
      assert(t.length === 5, 'BidCancelled has 5 parts')
      return {
        kind: 'BidCancelled',
        bidId: t[1] as BidId,
        listingId: t[2] as ListingId,
        accountId: t[3] as AccountId,
        releasedMinor: t[4] as Minor,
      }
    case EVENT_CODES.Refused:
      assert(t.length === 4, 'Refused has 4 parts')
      return {
        kind: 'Refused',
        accountId: t[1] as AccountId,
        key: t[2] as Key,
        code: codeOf(t[3] as number),
      }
    case EVENT_CODES.Repeated:
      assert(t.length === 5, 'Repeated has 5 parts')
      return {
        kind: 'Repeated',
        accountId: t[1] as AccountId,
        key: t[2] as Key,
        sequence: t[3] as Sequence,
        answer: unpackEvent(t[4] as EventTuple) as Answer,
      }
    case EVENT_CODES.Deposited:
      assert(t.length === 3, 'Deposited has 3 parts')
      return { kind: 'Deposited', accountId: t[1] as AccountId, amountMinor: t[2] as Minor }
    case EVENT_CODES.ListingOpened:
      assert(t.length === 11, 'ListingOpened has 11 parts')
      return {
        kind: 'ListingOpened',
        listingId: t[1] as ListingId,
        borrowerId: t[2] as AccountId,
        mode: named(FUNDING_MODES, t[3]),
        amountMinor: t[4] as Minor,
        ratePpm: t[5] as RatePpm,
        termMonths: t[6] as number,
        minBidMinor: t[7] as Minor,
        closesAtMs: t[8] as AtMs,
        grade: named(GRADES, t[9]),
        purpose: named(PURPOSES, t[10]),
      }
    case EVENT_CODES.ListingAllocated:
      assert(t.length === 4, 'ListingAllocated has 4 parts')
      return {
        kind: 'ListingAllocated',
        listingId: t[1] as ListingId,
        ratePpm: t[2] as RatePpm,
        fills: unpackFills(t[3]),
      }
    case EVENT_CODES.LoanDisbursed:
      assert(t.length === 7, 'LoanDisbursed has 7 parts')
      return {
        kind: 'LoanDisbursed',
        listingId: t[1] as ListingId,
        borrowerId: t[2] as AccountId,
        amountMinor: t[3] as Minor,
        ratePpm: t[4] as RatePpm,
        termMonths: t[5] as number,
        fills: unpackFills(t[6]),
      }
    case EVENT_CODES.ListingExpired:
      assert(t.length === 3, 'ListingExpired has 3 parts')
      return {
        kind: 'ListingExpired',
        listingId: t[1] as ListingId,
        released: unpackFills(t[2]),
      }
    default:
      assert(false, `event ${String(t[0])} is not known`)
  }
}

/** Three numbers a fill, one after the other. */
function packFills(fills: readonly Fill[]): readonly number[] {
  const flat: number[] = []
  for (const fill of fills) flat.push(fill.bidId, fill.accountId, fill.amountMinor)
  return flat
}

function unpackFills(packed: unknown): readonly Fill[] {
  const flat = packed as readonly number[]
  assert(flat.length % 3 === 0, 'a fill has 3 parts')
  const fills: Fill[] = []
  for (let index = 0; index < flat.length; index += 3)
    fills.push({
      bidId: flat[index] as BidId,
      accountId: flat[index + 1] as AccountId,
      amountMinor: flat[index + 2] as Minor,
    })
  return fills
}

const CODE_BY_NUMBER = new Map<number, RejectCode>(
  Object.entries(REJECTS).map(([code, row]) => [row.number, code as RejectCode]),
)

function codeOf(number: number): RejectCode {
  const code = CODE_BY_NUMBER.get(number)
  assert(code !== undefined, `reject ${number} is not in the table`)
  return code
}
