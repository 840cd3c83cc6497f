/** What can be asked of the engine. Every command that changes money or the book is one of these.
 *
 *  A new command is: a member here, a row in `COMMAND_CODES` and `packCommand`/`unpackCommand`, and a
 *  case in the engine's `apply`; the compiler names each place that was forgotten. */
import { assert, assertNever } from './unit.ts'
import type { AccountId, AtMs, BidId, ListingId, Minor, RatePpm } from './unit.ts'
import type { Key } from './key.ts'

/** How a listing is funded. One file in `engine/market/book` each. */
export const FUNDING_MODES = ['fixed-rate', 'uniform-auction'] as const
export type FundingMode = (typeof FUNDING_MODES)[number]

export const GRADES = ['A', 'B', 'C', 'D', 'E', 'F', 'G'] as const
export type Grade = (typeof GRADES)[number]

export const PURPOSES = [
  'car',
  'credit_card',
  'debt_consolidation',
  'home_improvement',
  'house',
  'major_purchase',
  'medical',
  'moving',
  'other',
  'renewable_energy',
  'small_business',
  'vacation',
] as const
export type Purpose = (typeof PURPOSES)[number]

interface Asked {
  /** Unique per account for ever; the same key gets the same answer. */
  readonly key: Key
  /** Whose command it is: the account whose keys, cash and bids are meant. */
  readonly accountId: AccountId
  /** Not to be carried out after this time; 0 for no deadline. */
  readonly deadlineMs: AtMs | 0
}

/** Cash has arrived for `accountId`. Sent by who speaks with the bank, never by the account itself. */
export interface Deposit extends Asked {
  readonly kind: 'Deposit'
  readonly amountMinor: Minor
}

/** `accountId` is the borrower. `ratePpm` is the fixed rate, or the ceiling of an auction. */
export interface OpenListing extends Asked {
  readonly kind: 'OpenListing'
  readonly mode: FundingMode
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
  readonly termMonths: number
  readonly minBidMinor: Minor
  readonly openMs: number
  readonly grade: Grade
  readonly purpose: Purpose
}

/** `ratePpm` is the lowest rate the investor lends at. */
export interface PlaceBid extends Asked {
  readonly kind: 'PlaceBid'
  readonly listingId: ListingId
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
}

export interface CancelBid extends Asked {
  readonly kind: 'CancelBid'
  readonly bidId: BidId
}

export type Command = Deposit | OpenListing | PlaceBid | CancelBid
export type CommandKind = Command['kind']

/** The number of a kind in the journal. Never changed, never reused. */
export const COMMAND_CODES = {
  Deposit: 1,
  OpenListing: 2,
  PlaceBid: 3,
  CancelBid: 4,
} as const satisfies Record<CommandKind, number>

/** A command as it lies in the journal: its number, then its fields in a fixed order. */
export type CommandTuple = readonly (string | number)[]

export function packCommand(c: Command): CommandTuple {
  switch (c.kind) {
    case 'PlaceBid':
      return [
        COMMAND_CODES.PlaceBid,
        c.key,
        c.accountId,
        c.deadlineMs,
        c.listingId,
        c.amountMinor,
        c.ratePpm,
      ]
    case 'CancelBid':
      return [COMMAND_CODES.CancelBid, c.key, c.accountId, c.deadlineMs, c.bidId]
    case 'Deposit':
      return [COMMAND_CODES.Deposit, c.key, c.accountId, c.deadlineMs, c.amountMinor]
    case 'OpenListing':
      return [
        COMMAND_CODES.OpenListing,
        c.key,
        c.accountId,
        c.deadlineMs,
        FUNDING_MODES.indexOf(c.mode),
        c.amountMinor,
        c.ratePpm,
        c.termMonths,
        c.minBidMinor,
        c.openMs,
        GRADES.indexOf(c.grade),
        PURPOSES.indexOf(c.purpose),
      ]
    default:
      return assertNever(c)
  }
}

/** Reads a tuple that `packCommand` made. Our own words: a wrong shape is a broken invariant. */
export function unpackCommand(t: CommandTuple): Command {
  switch (t[0]) {
    case COMMAND_CODES.PlaceBid:
      assert(t.length === 7, 'PlaceBid has 7 parts')
      return {
        kind: 'PlaceBid',
        key: t[1] as Key,
        accountId: t[2] as AccountId,
        deadlineMs: t[3] as AtMs,
        listingId: t[4] as ListingId,
        amountMinor: t[5] as Minor,
        ratePpm: t[6] as RatePpm,
      }
    case COMMAND_CODES.CancelBid:
      assert(t.length === 5, 'CancelBid has 5 parts')
      return {
        kind: 'CancelBid',
        key: t[1] as Key,
        accountId: t[2] as AccountId,
        deadlineMs: t[3] as AtMs,
        bidId: t[4] as BidId,
      }
    case COMMAND_CODES.Deposit:
      assert(t.length === 5, 'Deposit has 5 parts')
      return {
        kind: 'Deposit',
        key: t[1] as Key,
        accountId: t[2] as AccountId,
        deadlineMs: t[3] as AtMs,
        amountMinor: t[4] as Minor,
      }
    case COMMAND_CODES.OpenListing:
      assert(t.length === 12, 'OpenListing has 12 parts')
      return {
        kind: 'OpenListing',
        key: t[1] as Key,
        accountId: t[2] as AccountId,
        deadlineMs: t[3] as AtMs,
        mode: named(FUNDING_MODES, t[4]),
        amountMinor: t[5] as Minor,
        ratePpm: t[6] as RatePpm,
        termMonths: t[7] as number,
        minBidMinor: t[8] as Minor,
        openMs: t[9] as number,
        grade: named(GRADES, t[10]),
        purpose: named(PURPOSES, t[11]),
      }
    default:
      assert(false, `command ${String(t[0])} is not known`)
  }
}

/** The name at a place of one of the closed lists above. */
export function named<T>(names: readonly T[], index: unknown): T {
  const name = names[index as number]
  assert(name !== undefined, `no name at ${String(index)}`)
  return name
}
