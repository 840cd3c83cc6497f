/** What can be listened to, and the shape of its snapshots and deltas.
 *
 *  `seq` and `prev` are sequences of the journal, so they mean the same on every gateway and after
 *  any restart. Public channels are conflated: a delta carries all that changed since `prev`. */
import type { AccountId, AtMs, BidId, ListingId, Minor, RatePpm } from './unit.ts'
import type { FundingMode, Grade, Purpose } from './command.ts'

export const LISTING_STATUSES = ['open', 'funded', 'expired'] as const
export type ListingStatus = (typeof LISTING_STATUSES)[number]

export const BID_STATUSES = ['open', 'outbid', 'cancelled', 'won', 'expired'] as const
export type BidStatus = (typeof BID_STATUSES)[number]

/** One listing as the market shows it. */
export interface ListingRow {
  readonly listingId: ListingId
  readonly borrowerId: AccountId
  readonly mode: FundingMode
  readonly status: ListingStatus
  readonly amountMinor: Minor
  /** What the book has accepted so far. */
  readonly fundedMinor: Minor
  /** The fixed rate, or the ceiling of an auction. */
  readonly ratePpm: RatePpm
  /** The rate at which it would close now; the clearing rate once it has closed. */
  readonly clearingRatePpm: RatePpm
  readonly termMonths: number
  readonly minBidMinor: Minor
  readonly bidCount: number
  readonly openedAtMs: AtMs
  readonly closesAtMs: AtMs
  /** 0 while open. */
  readonly closedAtMs: AtMs | 0
  readonly grade: Grade
  readonly purpose: Purpose
}

/** Only what changed; a listing not seen before comes whole. */
export type ListingPatch = Partial<ListingRow> & Pick<ListingRow, 'listingId'>

/** All bids of a book at one rate: rate, accepted amount, number of bids. Amount 0: gone. */
export type BookLevel = readonly [ratePpm: RatePpm, amountMinor: Minor, bids: number]

/** A bid that was accepted, without its owner. */
export interface FillRow {
  readonly bidId: BidId
  readonly listingId: ListingId
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
  readonly atMs: AtMs
}

export interface BidRow {
  readonly bidId: BidId
  readonly listingId: ListingId
  readonly amountMinor: Minor
  /** What is in the book now; what was won, once won. */
  readonly acceptedMinor: Minor
  readonly ratePpm: RatePpm
  readonly status: BidStatus
  readonly placedAtMs: AtMs
}

export interface CashRow {
  readonly availableMinor: number
  readonly heldMinor: number
}

/** Every channel family with its snapshot and delta. */
export interface ChannelShapes {
  /** `market`: all listings. */
  readonly market: {
    readonly snapshot: { readonly listings: readonly ListingRow[] }
    readonly delta: {
      readonly listings: readonly ListingPatch[]
      readonly removed: readonly ListingId[]
    }
  }
  /** `tape`: the newest fills of the whole market, newest first. */
  readonly tape: {
    readonly snapshot: { readonly fills: readonly FillRow[] }
    readonly delta: { readonly fills: readonly FillRow[] }
  }
  /** `listing:{listingId}`: one listing with its book, best rate first, and its newest fills. */
  readonly listing: {
    readonly snapshot: {
      readonly listing: ListingRow
      readonly levels: readonly BookLevel[]
      readonly fills: readonly FillRow[]
    }
    readonly delta: {
      readonly listing: ListingPatch
      readonly levels: readonly BookLevel[]
      readonly fills: readonly FillRow[]
    }
  }
  /** `cash`: one's own, sequenced, never conflated across a skipped frame. */
  readonly cash: { readonly snapshot: CashRow; readonly delta: CashRow }
  /** `bids`: one's own open bids; a delta carries each changed bid whole, also as it ends. */
  readonly bids: {
    readonly snapshot: { readonly bids: readonly BidRow[] }
    readonly delta: { readonly bids: readonly BidRow[] }
  }
}
export type ChannelFamily = keyof ChannelShapes

/** Private channels belong to the account of the session and are closed rather than skipped. */
export const CHANNEL_FAMILIES = {
  market: 'public',
  tape: 'public',
  listing: 'public',
  cash: 'private',
  bids: 'private',
} as const satisfies Record<ChannelFamily, 'public' | 'private'>

/** `listing:17` → `{ family: 'listing', listingId: 17 }`; null when there is no such channel. */
export function parseChannel(
  name: string,
): { readonly family: ChannelFamily; readonly listingId: ListingId | null } | null {
  if (name === 'market' || name === 'tape' || name === 'cash' || name === 'bids')
    return { family: name, listingId: null }
  const match = /^listing:([1-9][0-9]{0,14})$/.exec(name)
  if (match === null) return null
  return { family: 'listing', listingId: Number(match[1]) as ListingId }
}
