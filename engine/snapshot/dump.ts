/** The whole state as rows. Two engines at the same entry dump the same rows: ids ascend in the maps
 *  of listings and bids, and accounts stand in the order of their first command. */
import {
  FUNDING_MODES,
  GRADES,
  minor,
  PURPOSES,
  SCHEMA_VERSION,
  sequence,
  SNAPSHOT_ROWS_PER_CHUNK_MAX,
  WRITING_SINCE,
} from '../../schema/index.ts'
import type { AccountId } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import type { Bid } from '../market/book/bid.ts'
import type { KeyRecord } from '../keys/key-memory.ts'
import type { Listing } from '../market/listing.ts'
import type { SnapshotChunk, SnapshotRows, SnapshotSection } from './snapshot-rows.ts'
import { Trace } from '../digest/trace.ts'
import { digestOf } from '../state.ts'
import type { State } from '../state.ts'
import { addRows } from './proof.ts'

/** Lazily: the state must not change until the last chunk was taken. Meta comes first, the proof last. With the
 *  schema version before ours as roles of the former build read it. */
export function* dumpState(
  state: State,
  version: number = SCHEMA_VERSION,
): Generator<SnapshotChunk> {
  // The former build knows no trace: where there is one, it is gone.
  const isFormer = version < WRITING_SINCE && state.trace === null
  yield { section: 'meta', rows: [metaOf(state, isFormer ? version : SCHEMA_VERSION)] }
  const proof = new Trace()
  for (const chunk of dumpRows(state)) {
    if (!isFormer) addRows(proof, chunk)
    yield chunk
  }
  if (!isFormer) yield { section: 'proof', rows: [[proof.hex()]] }
}

/** The hash over all rows, counted from the state. */
export function proofOf(state: State): string {
  const proof = new Trace()
  for (const chunk of dumpRows(state)) addRows(proof, chunk)
  return proof.hex()
}

function* dumpRows(state: State): Generator<SnapshotChunk> {
  yield* chunks('accounts', state.accounts.values(), accountRow)
  yield* chunks('listings', state.listings.values(), listingRow)
  yield* chunks('bids', state.bids.values(), bidRow)
  yield* chunks('keys', state.keys.entries(), keyRow)
  yield* chunks('sources', state.sources.entries(), (entry) => entry)
}

function* chunks<Section extends SnapshotSection, Item>(
  section: Section,
  items: Iterable<Item>,
  rowOf: (item: Item) => SnapshotRows[Section],
): Generator<SnapshotChunk> {
  let rows: SnapshotRows[Section][] = []
  for (const item of items) {
    rows.push(rowOf(item))
    if (rows.length < SNAPSHOT_ROWS_PER_CHUNK_MAX) continue
    yield { section, rows }
    rows = []
  }
  if (rows.length > 0) yield { section, rows }
}

function metaOf(state: State, version: number): SnapshotRows['meta'] {
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

function accountRow(account: Account): SnapshotRows['accounts'] {
  return [
    account.accountId,
    minor(account.availableMinor),
    minor(account.heldMinor),
    account.forgottenMs,
  ]
}

function listingRow(listing: Listing): SnapshotRows['listings'] {
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

function bidRow(bid: Bid): SnapshotRows['bids'] {
  return [
    bid.bidId,
    bid.listingId,
    bid.account.accountId,
    bid.amountMinor,
    minor(bid.acceptedMinor),
    bid.ratePpm,
    bid.placedAtMs,
    bid.place,
  ]
}

function keyRow([accountId, record]: readonly [AccountId, KeyRecord]): SnapshotRows['keys'] {
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
