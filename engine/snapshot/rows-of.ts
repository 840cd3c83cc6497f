/** How each thing of the state becomes a row of a snapshot. */
import { FUNDING_MODES, GRADES, minor, PURPOSES, sequence } from '../../schema/index.ts'
import type { AccountId } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import type { Bid } from '../market/book/bid.ts'
import type { KeyRecord } from '../keys/key-memory.ts'
import type { Listing } from '../market/listing.ts'
import type { SnapshotRows } from './snapshot-rows.ts'
import { digestOf } from '../state.ts'
import type { State } from '../state.ts'

/** The version since which a snapshot has the keys of bids. */
const BID_KEYS_SINCE = 4

export function metaOf(state: State, version: number): SnapshotRows['meta'] {
  return [
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
  ]
}

export function accountRow(account: Account): SnapshotRows['accounts'] {
  return [
    account.accountId,
    minor(account.availableMinor),
    minor(account.heldMinor),
    account.forgottenMs,
  ]
}

export function listingRow(listing: Listing): SnapshotRows['listings'] {
  return [
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
  ]
}

/** With what it had accepted: its book may have lowered it already. By a version before 4 without its key. */
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
  ] as const
  return version < BID_KEYS_SINCE ? row : [...row, bid.key]
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
