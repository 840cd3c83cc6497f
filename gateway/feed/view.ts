/** The market as of one sequence: listings with their books, cash, open bids, the tape. Made from the
 *  engine's newest snapshot and kept by applying every event entry after it; no I/O, no clock.
 *
 *  What an event does to it lies in the folder of its area (`on-event.ts`). */
import { OpenBidTable } from '../../engine/index.ts'
import {
  assert,
  CLOSED_LISTINGS_SHOWN_MAX,
  minor,
  sequence,
  TAPE_FILLS_MAX,
} from '../../schema/index.ts'
import type {
  AccountId,
  AtMs,
  BidId,
  BidStatus,
  Event,
  EventEntry,
  EventKind,
  EventOf,
  ListingId,
  ListingRow,
  ListingStatus,
  LiveListingStatus,
  Sequence,
} from '../../schema/index.ts'
import { AccountView } from '../cash/account-view.ts'
import { onCash } from '../cash/on-event.ts'
import { onLoan } from '../loan/on-event.ts'
import { onMarket } from '../market/on-event.ts'
import { ListingView } from '../market/listing-view.ts'
import { Newest } from './newest.ts'
import type { OpenBid } from '../market/open-bid.ts'

/** What the view starts from: the part of an engine's snapshot that is the market's. */
export interface ViewStart {
  readonly sequence: Sequence
  readonly epochMs: AtMs | 0
  readonly accounts: Iterable<{
    readonly accountId: AccountId
    readonly availableMinor: number
    readonly heldMinor: number
  }>
  /** In the order of their ids; `fundedMinor` and `bidCount` come from the bids. */
  readonly listings: Iterable<Omit<ListingRow, 'fundedMinor' | 'bidCount' | 'closedAtMs'>>
  /** In the order of their ids. */
  readonly bids: Iterable<Omit<OpenBid, 'status' | 'wonRatePpm' | 'before' | 'after'>>
}

export class MarketView {
  sequence: Sequence = sequence(0)
  epochMs: AtMs | 0 = 0
  readonly listings = new Map<ListingId, ListingView>()
  readonly accounts = new Map<AccountId, AccountView>()
  readonly tape = new Newest<OpenBid>(TAPE_FILLS_MAX)
  tapeChangedAt: Sequence = sequence(0)
  marketChangedAt: Sequence = sequence(0)
  /** Changed or closed-and-let-go since the market channel last took them away. */
  changedListings: ListingView[] = []
  removedListings: ListingId[] = []
  /** Followed accounts that the entry at hand touched. */
  touchedAccounts: AccountView[] = []
  readonly #bids = new OpenBidTable<OpenBid>()
  #closed: ListingId[] = []
  /** By id; those let go are swept out when they are the half of it. */
  #ordered: ListingView[] = []
  #atMs = 0 as AtMs

  get openBids(): number {
    return this.#bids.size
  }

  load(start: ViewStart): void {
    assert(this.sequence === 0, 'a view is loaded once, before any entry')
    this.sequence = start.sequence
    this.epochMs = start.epochMs
    this.tapeChangedAt = start.sequence
    this.marketChangedAt = start.sequence
    for (const { accountId, availableMinor, heldMinor } of start.accounts) {
      const account = this.account(accountId)
      account.availableMinor = availableMinor
      account.heldMinor = heldMinor
    }
    for (const listing of start.listings) this.addListing(restoredRow(listing), false)
    for (const bid of start.bids)
      this.addBid({ ...bid, status: 'open', wonRatePpm: null, before: null, after: null })
    this.changedListings = []
    for (const listing of this.listings.values()) listing.isUntold = false
  }

  /** An account not heard of yet has nothing. */
  account(accountId: AccountId): AccountView {
    let account = this.accounts.get(accountId)
    if (account === undefined)
      this.accounts.set(accountId, (account = new AccountView(accountId, this.sequence)))
    return account
  }

  /** Newest first, those before `after` only. */
  newestListings(count: number, after: number | undefined, isOpenOnly: boolean): ListingView[] {
    const found: ListingView[] = []
    for (let place = this.#ordered.length - 1; place >= 0 && found.length < count; place--) {
      const listing = this.#ordered[place]
      if (listing === undefined || !this.#isShown(listing)) continue
      if (after !== undefined && listing.id >= after) continue
      if (!isOpenOnly || listing.isOpen) found.push(listing)
    }
    return found
  }

  /** Entries come in order, each once. After it `touchedAccounts` says who has to hear. */
  apply(entry: EventEntry): void {
    assert(entry.sequence === this.sequence + 1, `entry ${entry.sequence} follows ${this.sequence}`)
    this.sequence = entry.sequence
    this.#atMs = entry.atMs
    if (this.epochMs === 0) this.epochMs = entry.atMs
    this.touchedAccounts.length = 0
    for (const event of entry.timed) this.#on(event)
    for (const events of entry.answered) for (const event of events) this.#on(event)
  }

  #on(event: Event): void {
    const apply = ON_EVENT[event.kind] as (event: Event, view: MarketView) => void
    apply(event, this)
  }

  /** The time of the entry at hand. */
  get atMs(): AtMs {
    return this.#atMs
  }

  addBid(bid: OpenBid): void {
    this.#bids.add(bid)
    this.account(bid.accountId).link(bid)
    const listing = this.listing(bid.listingId)
    listing.addBid(bid)
    this.noteListing(listing)
    this.noteBid(bid)
    this.tape.add(bid)
    this.tapeChangedAt = this.sequence
  }

  endBid(bid: OpenBid, status: BidStatus): void {
    bid.status = status
    this.#bids.remove(bid)
    this.account(bid.accountId).unlink(bid)
  }

  addListing(row: ListingRow, isWhole: boolean): void {
    const listing = new ListingView(row, isWhole, this.sequence)
    this.listings.set(row.listingId, listing)
    this.#ordered.push(listing)
    this.noteListing(listing)
  }

  /** A listing goes on to its next stage. */
  enterStage(
    listingId: ListingId,
    status: LiveListingStatus,
    change: Partial<ListingRow> = {},
  ): void {
    const listing = this.listing(listingId)
    listing.enter(status, change)
    this.noteListing(listing)
  }

  closeListing(
    listing: ListingView,
    status: Exclude<ListingStatus, LiveListingStatus>,
    rate: ListingRow['ratePpm'],
  ): void {
    listing.close(status, rate, this.#atMs)
    this.noteListing(listing)
    this.#closed.push(listing.row.listingId)
    if (this.#closed.length <= CLOSED_LISTINGS_SHOWN_MAX) return
    const oldest = this.#closed.shift()
    assert(oldest !== undefined, 'more than none are shown')
    this.listings.delete(oldest)
    this.removedListings.push(oldest)
    if (this.#ordered.length > 2 * this.listings.size)
      this.#ordered = this.#ordered.filter((shown) => this.#isShown(shown))
  }

  #isShown(listing: ListingView): boolean {
    return this.listings.get(listing.id) === listing
  }

  moveCash(accountId: AccountId, availableMinor: number, heldMinor: number): void {
    const account = this.account(accountId)
    account.availableMinor += availableMinor
    account.heldMinor += heldMinor
    assert(account.availableMinor >= 0 && account.heldMinor >= 0, 'no balance below zero')
    account.cashChangedAt = this.sequence
    if (account.changedBids !== null) this.#touch(account)
  }

  noteBid(bid: OpenBid): void {
    const account = this.account(bid.accountId)
    account.bidsChangedAt = this.sequence
    if (account.changedBids === null) return
    account.changedBids.add(bid)
    this.#touch(account)
  }

  #touch(account: AccountView): void {
    if (account.isTouched) return
    account.isTouched = true
    this.touchedAccounts.push(account)
  }

  noteListing(listing: ListingView): void {
    listing.changedAt = this.sequence
    this.marketChangedAt = this.sequence
    if (listing.isUntold) return
    listing.isUntold = true
    this.changedListings.push(listing)
  }

  listing(listingId: ListingId): ListingView {
    const listing = this.listings.get(listingId)
    assert(listing !== undefined, `listing ${listingId} is known while it is open`)
    return listing
  }

  /** An open bid; null when there is no such one. */
  openBid(bidId: BidId): OpenBid | null {
    return this.#bids.get(bidId)
  }

  bid(bidId: BidId): OpenBid {
    const bid = this.#bids.get(bidId)
    assert(bid !== null, `bid ${bidId} is known while it is open`)
    return bid
  }
}

/** What each event does to the view: one table an area, and the compiler names the event that none has. */
const ON_EVENT: {
  readonly [Kind in EventKind]: (event: EventOf<Kind>, view: MarketView) => void
} = { ...onCash, ...onMarket, ...onLoan, Refused: () => {}, Repeated: () => {} }

function restoredRow(
  listing: ViewStart['listings'] extends Iterable<infer Row> ? Row : never,
): ListingRow {
  return {
    ...listing,
    fundedMinor: minor(0),
    bidCount: 0,
    closedAtMs: 0,
  }
}
