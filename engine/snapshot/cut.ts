/** The whole state at one entry as rows, taken while the engine goes on.
 *
 *  The walk takes what is there, section by section. What is about to change and has not been walked over
 *  is kept first, as it was at the cut; so the rows are those of an engine that stopped there, in the same
 *  order: ids ascend, accounts stand in the order of their first command, keys in that of their age. */
import {
  bidId,
  SCHEMA_VERSION,
  SNAPSHOT_ROWS_PER_CHUNK_MAX,
  WRITING_SINCE,
} from '../../schema/index.ts'
import type { AccountId, BidId, ListingId } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { Trace } from '../digest/trace.ts'
import type { KeyRecord, KeyWatcher } from '../keys/key-memory.ts'
import { NO_SLOT } from '../keys/key-pages.ts'
import type { Bid } from '../market/book/bid.ts'
import type { Listing } from '../market/listing.ts'
import { PAGE_BIDS } from '../market/open-bid-table.ts'
import type { State } from '../state.ts'
import { addRows } from './proof.ts'
import { accountRow, bidRow, keyRow, listingRow, metaOf } from './rows-of.ts'
import type { SnapshotChunk, SnapshotRows, SnapshotSection } from './snapshot-rows.ts'

export class SnapshotCut implements KeyWatcher {
  readonly #state: State
  readonly #rowsPerChunk: number
  readonly #isFormer: boolean
  readonly #meta: SnapshotRows['meta']
  readonly #sources: SnapshotRows['sources'][]
  readonly #sequence: number
  readonly #accountCount: number
  readonly #listingIds: readonly ListingId[]
  readonly #bidPages: readonly number[]
  readonly #nextBidId: number
  readonly #accounts = new Map<AccountId, SnapshotRows['accounts']>()
  readonly #listings = new Map<ListingId, SnapshotRows['listings']>()
  readonly #bids = new Map<BidId, SnapshotRows['bids']>()
  /** Keys that were let go, oldest first, by the slot that they stood before. */
  readonly #keys = new Map<number, SnapshotRows['keys'][]>()
  #areAccountsWalked = false
  #areListingsWalked = false
  /** Bids below this id are walked over. */
  #bidsWalked = 0
  #slot: number
  #areKeysWalked = false

  constructor(
    state: State,
    version: number = SCHEMA_VERSION,
    rowsPerChunk: number = SNAPSHOT_ROWS_PER_CHUNK_MAX,
  ) {
    this.#rowsPerChunk = rowsPerChunk
    this.#state = state
    // The former build knows no trace: where there is one, it is gone.
    this.#isFormer = version < WRITING_SINCE && state.trace === null
    this.#meta = metaOf(state, this.#isFormer ? version : SCHEMA_VERSION)
    this.#sources = [...state.sources.entries()].map(([source, batch]) => [source, batch])
    this.#sequence = state.sequence
    this.#accountCount = state.accounts.size
    this.#listingIds = [...state.listings.keys()]
    this.#bidPages = state.bids.pageNumbers()
    this.#nextBidId = state.nextBidId
    this.#slot = state.keys.oldest
  }

  /** From now on the state may change between two chunks, until `end`. */
  begin(): this {
    this.#state.cut = this
    this.#state.keys.watcher = this
    return this
  }

  end(): void {
    this.#state.cut = null
    this.#state.keys.watcher = null
  }

  /** Each as it is taken: that is one slice of the walk. Meta comes first, the proof last. */
  *chunks(): Generator<SnapshotChunk> {
    yield { section: 'meta', rows: [this.#meta] }
    const proof = new Trace()
    for (const chunk of this.rows()) {
      if (!this.#isFormer) addRows(proof, chunk)
      yield chunk
    }
    if (!this.#isFormer) yield { section: 'proof', rows: [[proof.hex()]] }
  }

  /** All but what is said of them. */
  *rows(): Generator<SnapshotChunk> {
    yield* inChunks('accounts', this.#walkAccounts(), this.#rowsPerChunk)
    yield* inChunks('listings', this.#walkListings(), this.#rowsPerChunk)
    yield* inChunks('bids', this.#walkBids(), this.#rowsPerChunk)
    yield* inChunks('keys', this.#walkKeys(), this.#rowsPerChunk)
    yield* inChunks('sources', [this.#sources], this.#rowsPerChunk)
  }

  keepAccount(account: Account): void {
    if (this.#areAccountsWalked || this.#accounts.has(account.accountId)) return
    this.#accounts.set(account.accountId, accountRow(account))
  }

  keepListing(listing: Listing): void {
    if (this.#areListingsWalked || this.#listings.has(listing.listingId)) return
    this.#listings.set(listing.listingId, listingRow(listing))
  }

  /** With what it had accepted: its book may have lowered it already. */
  keepBid(bid: Bid, acceptedMinor: number): void {
    if (bid.bidId < this.#bidsWalked || bid.bidId >= this.#nextBidId) return
    if (!this.#bids.has(bid.bidId)) this.#bids.set(bid.bidId, bidRow(bid, acceptedMinor))
  }

  keepKey(slot: number, newer: number, account: Account, record: () => KeyRecord): void {
    this.keepAccount(account)
    if (this.#areKeysWalked) return
    const sequence = this.#state.keys.sequenceAt(slot)
    const before = this.#takeKeys(slot)
    if (sequence <= this.#sequence && this.#isAhead(sequence))
      before.push(keyRow([account.accountId, record()]))
    if (before.length > 0) this.#keys.set(newer, [...before, ...(this.#keys.get(newer) ?? [])])
    if (this.#slot === slot) this.#slot = newer
  }

  /** The walk rests only between the keys of two entries, so that the entry tells. */
  #isAhead(sequence: number): boolean {
    return this.#slot !== NO_SLOT && sequence >= this.#state.keys.sequenceAt(this.#slot)
  }

  #takeKeys(slot: number): SnapshotRows['keys'][] {
    const rows = this.#keys.get(slot) ?? []
    this.#keys.delete(slot)
    return rows
  }

  *#walkAccounts(): Generator<SnapshotRows['accounts'][]> {
    let left = this.#accountCount
    // Accounts are only ever added, at the end.
    for (const account of this.#state.accounts.values()) {
      if (left-- === 0) break
      yield [this.#accounts.get(account.accountId) ?? accountRow(account)]
    }
    this.#areAccountsWalked = true
    this.#accounts.clear()
  }

  *#walkListings(): Generator<SnapshotRows['listings'][]> {
    for (const id of this.#listingIds) {
      const listing = this.#state.listings.get(id)
      const row = this.#listings.get(id) ?? (listing === undefined ? null : listingRow(listing))
      if (row !== null) yield [row]
    }
    this.#areListingsWalked = true
    this.#listings.clear()
  }

  *#walkBids(): Generator<SnapshotRows['bids'][]> {
    for (const page of this.#bidPages) {
      const rows: SnapshotRows['bids'][] = []
      const end = Math.min((page + 1) * PAGE_BIDS, this.#nextBidId)
      for (let id = Math.max(1, page * PAGE_BIDS); id < end; id++) this.#takeBid(bidId(id), rows)
      this.#bidsWalked = end
      yield rows
    }
    this.#bidsWalked = this.#nextBidId
  }

  #takeBid(id: BidId, rows: SnapshotRows['bids'][]): void {
    const kept = this.#bids.get(id)
    const bid = this.#state.bids.get(id)
    if (kept !== undefined) rows.push(kept)
    else if (bid !== null) rows.push(bidRow(bid, bid.acceptedMinor))
    this.#bids.delete(id)
  }

  *#walkKeys(): Generator<SnapshotRows['keys'][]> {
    const { keys } = this.#state
    while (this.#slot !== NO_SLOT && keys.sequenceAt(this.#slot) <= this.#sequence) {
      const sequence = keys.sequenceAt(this.#slot)
      const rows: SnapshotRows['keys'][] = []
      while (this.#slot !== NO_SLOT && keys.sequenceAt(this.#slot) === sequence) {
        rows.push(...this.#takeKeys(this.#slot), keyRow(keys.entryAt(this.#slot)))
        this.#slot = keys.newer(this.#slot)
      }
      yield rows
    }
    yield [
      ...this.#takeKeys(this.#slot),
      ...(this.#slot === NO_SLOT ? [] : this.#takeKeys(NO_SLOT)),
    ]
    this.#areKeysWalked = true
  }
}

function* inChunks<Section extends SnapshotSection>(
  section: Section,
  groups: Iterable<SnapshotRows[Section][]>,
  rowsPerChunk: number,
): Generator<SnapshotChunk> {
  let rows: SnapshotRows[Section][] = []
  for (const group of groups) {
    for (const row of group) rows.push(row)
    if (rows.length < rowsPerChunk) continue
    yield { section, rows }
    rows = []
  }
  if (rows.length > 0) yield { section, rows }
}
