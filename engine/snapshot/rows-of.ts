/** How each thing of the state becomes a row of a snapshot. */
import { BID_RANKS, FUNDING_MODES, GRADES, minor, PURPOSES, sequence } from '../../schema/index.ts'
import type { AccountId } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import type { Bid } from '../market/book/bid.ts'
import type { KeyRecord } from '../keys/key-memory.ts'
import { LISTING_STAGES } from '../market/listing.ts'
import type { Listing } from '../market/listing.ts'
import type { SnapshotRows } from './snapshot-rows.ts'
import { digestOf } from '../state.ts'
import type { State } from '../state.ts'

/** What a snapshot of each version has of a bid and of a listing: columns were added at the end. */
const BID_COLUMNS: Readonly<Record<number, number>> = { 3: 8, 4: 9 }
const CLAIM_IDS_SINCE = 5
const LISTING_COLUMNS: Readonly<Record<number, number>> = { 3: 14, 4: 14 }

export function metaOf(state: State, version: number): SnapshotRows['meta'] {
  const row = [
    version,
    state.sequence,
    state.id,
    digestOf(state),
    state.epochMs,
    state.nextListingId,
    state.nextBidId,
    minor(state.cash.depositedMinor),
    state.accounts.size,
    state.listings.size,
    state.bids.size,
    state.keys.size,
    state.sources.size,
  ] as const
  return version < CLAIM_IDS_SINCE ? row : [...row, state.nextClaimId]
}

export function accountRow(account: Account): SnapshotRows['accounts'] {
  return [
    account.accountId,
    minor(account.availableMinor),
    minor(account.heldMinor),
    account.forgottenMs,
  ]
}

/** By the words of a version; one of a version before 5 says it of an open listing only. */
export function listingRow(listing: Listing, version: number): SnapshotRows['listings'] {
  const row = [
    listing.listingId,
    listing.borrowerId,
    FUNDING_MODES.indexOf(listing.mode),
    GRADES.indexOf(listing.grade),
    PURPOSES.indexOf(listing.purpose),
    listing.amountMinor,
    listing.ratePpm,
    listing.termMonths,
    listing.minBidMinor,
    listing.openedAtMs,
    listing.closesAtMs,
    minor(listing.book.fundedMinor),
    listing.book.bidCount,
    listing.book.clearingRatePpm(),
    minor(listing.floorMinor),
    listing.opensAtMs,
    LISTING_STAGES.indexOf(listing.stage),
    listing.approvedBy,
    listing.reviewByMs,
    ...listing.book.lost().flat(),
  ] as const
  return row.slice(0, LISTING_COLUMNS[version]) as unknown as SnapshotRows['listings']
}

/** With what it had accepted: its book may have lowered it already. */
export function bidRow(bid: Bid, acceptedMinor: number, version: number): SnapshotRows['bids'] {
  const row = [
    bid.bidId,
    bid.listingId,
    bid.account.accountId,
    bid.amountMinor,
    minor(acceptedMinor),
    bid.ratePpm,
    bid.placedAtMs,
    bid.place,
    bid.key,
    bid.minFillMinor,
    BID_RANKS.indexOf(bid.rank),
  ] as const
  return row.slice(0, BID_COLUMNS[version]) as unknown as SnapshotRows['bids']
}

export function keyRow([accountId, record]: readonly [AccountId, KeyRecord]): SnapshotRows['keys'] {
  const { words, fingerprint, answer } = record
  return [
    accountId,
    words.first,
    words.second,
    words.third,
    words.fourth,
    fingerprint.high,
    fingerprint.low,
    sequence(record.sequence),
    answer.code,
    answer.given,
    answer.givenToo,
    ...answer.more,
  ]
}
