/** The state as it was at one entry, told row by row while the engine goes on.
 *
 *  It begins between two entries. From then on whoever is about to change an account, a listing or a bid
 *  says so first (`keep…`), and what the walk has not come to yet is kept as it was. Keys never change:
 *  one that is let go meanwhile stays in its memory until the walk has passed it. What is new since is no
 *  part of it. So the rows, their order included, are those of an engine that had stopped.
 *
 *  The order is that in which a state is loaded again: accounts by their first command, listings and bids
 *  by id, keys by age. What is kept is let go as the walk passes: at most all that changes meanwhile. */
import { assert, SCHEMA_VERSION, SNAPSHOT_ROWS_PER_STEP_MAX } from '../../schema/index.ts'
import type { BidId, Digest, EntryId, ListingId, Sequence } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { Trace } from '../digest/trace.ts'
import { newBid } from '../market/book/bid.ts'
import type { Bid } from '../market/book/bid.ts'
import type { Listing } from '../market/listing.ts'
import { digestOf } from '../state.ts'
import type { State } from '../state.ts'
import { addRows } from './proof.ts'
import { accountRow, bidRow, keyRow, listingRow, metaOf } from './rows-of.ts'
import type { SnapshotChunk, SnapshotRows, SnapshotSection } from './snapshot-rows.ts'
import { SpreadMap } from '../spread-map.ts'

type Row = readonly unknown[]

interface Part {
  readonly section: SnapshotSection
  readonly rows: Iterator<Row>
}

export class SnapshotCut {
  readonly id: EntryId
  readonly sequence: Sequence
  readonly digest: Digest
  readonly #state: State
  readonly #parts: readonly Part[]
  #part = 0
  readonly #proof = new Trace()
  readonly #endedNotedFrom: BidId
  readonly #version: number

  readonly #accounts: number
  readonly #keptAccounts = new SpreadMap<SnapshotRows['accounts']>()
  #accountsPassed = 0

  readonly #listings: readonly Listing[]
  readonly #listingsEnd: ListingId
  readonly #keptListings = new SpreadMap<SnapshotRows['listings']>()
  #listingPassed = 0

  /** With `version` the one before ours, as roles of the former build read it. */
  constructor(state: State, version: number = SCHEMA_VERSION) {
    assert(state.cut === null, 'one snapshot is taken at a time')
    this.id = state.id
    this.sequence = state.sequence
    this.digest = digestOf(state)
    this.#state = state
    this.#version = version
    this.#endedNotedFrom = state.endedBids.notedFrom
    this.#accounts = state.accounts.size
    this.#listings = [...state.listings.values()]
    this.#listingsEnd = state.nextListingId
    const bidAsIs = (bid: Bid): Row => bidRow(bid, bid.acceptedMinor, version)
    this.#parts = [
      { section: 'meta', rows: [metaOf(state, version)].values() },
      { section: 'accounts', rows: this.#accountRows() },
      { section: 'listings', rows: this.#listingRows() },
      { section: 'bids', rows: rowsOf(state.bids.beginWalk(state.nextBidId), bidAsIs) },
      { section: 'keys', rows: rowsOf(state.keys.beginWalk(state.sequence), keyRow) },
      { section: 'sources', rows: [...state.sources.entries()].values() },
      { section: 'ended', rows: this.#endedRows(state.endedBids.entries()) },
      { section: 'proof', rows: this.#proofRow() },
    ]
    state.cut = this
  }

  /** The next rows, all of one section; null when there are no more. Meta comes first, the proof last. */
  next(rowsMax: number = SNAPSHOT_ROWS_PER_STEP_MAX): SnapshotChunk | null {
    for (; this.#part < this.#parts.length; this.#part++) {
      const part = this.#parts[this.#part]
      assert(part !== undefined, 'a part that there is')
      const { section, rows } = part
      const taken = take(rows, rowsMax)
      if (taken.length === 0) continue
      const chunk = { section, rows: taken }
      if (section !== 'meta' && section !== 'proof') addRows(this.#proof, chunk)
      return chunk
    }
    return null
  }

  /** All that are left, each as it is taken. */
  *chunks(): Generator<SnapshotChunk> {
    for (let chunk = this.next(); chunk !== null; chunk = this.next()) yield chunk
  }

  /** To be called in any case: from then on nothing is kept any more. */
  end(): void {
    if (this.#state.cut !== this) return
    this.#state.bids.endWalk()
    this.#state.keys.endWalk()
    this.#state.cut = null
  }

  /** Before an account changes. */
  keepAccount(account: Account): void {
    const { order } = account
    if (order < this.#accountsPassed || order >= this.#accounts) return
    if (!this.#keptAccounts.has(order)) this.#keptAccounts.set(order, accountRow(account))
  }

  /** Before a listing's book changes, or it leaves the market. */
  keepListing(listing: Listing): void {
    const { listingId } = listing
    if (listingId <= this.#listingPassed || listingId >= this.#listingsEnd) return
    if (!this.#keptListings.has(listingId))
      this.#keptListings.set(listingId, listingRow(listing, this.#version))
  }

  /** Before a bid changes or leaves. Its book may have lowered it already: `acceptedMinor` is what it was. */
  keepBid(bid: Bid, acceptedMinor: number): void {
    const { bids } = this.#state
    if (bids.isAwaited(bid.bidId)) bids.keep(newBid({ ...bid, acceptedMinor }))
  }

  *#accountRows(): Generator<Row> {
    if (this.#accounts === 0) return
    for (const account of this.#state.accounts.values()) {
      const kept = this.#keptAccounts.take(account.order)
      this.#accountsPassed = account.order + 1
      yield kept ?? accountRow(account)
      if (this.#accountsPassed === this.#accounts) return
    }
  }

  *#listingRows(): Generator<Row> {
    for (const listing of this.#listings) {
      const kept = this.#keptListings.take(listing.listingId)
      this.#listingPassed = listing.listingId
      yield kept ?? listingRow(listing, this.#version)
    }
  }

  *#endedRows(ended: Iterable<Row>): Generator<Row> {
    yield [this.#endedNotedFrom, 0]
    yield* ended
  }

  *#proofRow(): Generator<Row> {
    yield [this.#proof.hex()]
  }
}

function* rowsOf<Item>(items: Iterable<Item>, rowOf: (item: Item) => Row): Generator<Row> {
  for (const item of items) yield rowOf(item)
}

function take(rows: Iterator<Row>, rowsMax: number): Row[] {
  const taken: Row[] = []
  while (taken.length < rowsMax) {
    const next = rows.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}
