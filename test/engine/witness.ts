/** Someone who sees only the events, as settlement does, and keeps books of their own by the chart of
 *  accounts. Everything the engine promises about money and listings is asserted here, on the
 *  outside: a witness needs no memory of the commands and knows nothing of the engine's state. */
import { accountTerm, bidTerm, DigestSum, listingTerm } from '../../engine/index.ts'
import { assert, assertNever, TIMED_ROWS_PER_ENTRY_MAX } from '../../schema/index.ts'
import type {
  AccountId,
  BidId,
  BidPlaced,
  Event,
  EventEntry,
  Fill,
  ListingId,
  ListingOpened,
} from '../../schema/index.ts'

interface SeenListing extends ListingOpened {
  fundedMinor: number
  readonly bids: Map<BidId, SeenBid>
}
interface SeenBid extends BidPlaced {
  openMinor: number
}

export class Witness {
  readonly available = new Map<AccountId, number>()
  readonly held = new Map<AccountId, number>()
  readonly listings = new Map<ListingId, SeenListing>()
  depositedMinor = 0
  readonly #timedRowsMax: number

  constructor(timedRowsMax = TIMED_ROWS_PER_ENTRY_MAX) {
    this.#timedRowsMax = timedRowsMax
  }

  see(entry: EventEntry): void {
    this.#close(entry)
    for (const event of entry.answered.flat()) this.#post(event, entry.atMs)
    this.#check()
    assert(this.digest() === entry.digest, 'the books come to the digest of the engine')
  }

  /** The digest of what the witness knows. */
  digest(): string {
    const sum = new DigestSum()
    for (const [accountId, availableMinor] of this.available)
      sum.add(accountTerm(accountId, availableMinor, this.held.get(accountId) ?? 0))
    for (const { listingId, fundedMinor, bids } of this.listings.values()) {
      sum.add(listingTerm(listingId, fundedMinor, bids.size))
      for (const { bidId, accountId, openMinor, ratePpm } of bids.values())
        sum.add(bidTerm(bidId, listingId, accountId, openMinor, ratePpm))
    }
    return sum.hex()
  }

  /** What is due closes before the commands, the earliest first, as much of it as an entry may. */
  #close({ timed, atMs }: EventEntry): void {
    const due = [...this.listings.values()]
      .filter((listing) => listing.closesAtMs <= atMs)
      .toSorted((a, b) => a.closesAtMs - b.closesAtMs || a.listingId - b.listingId)
    const rows = due.map(({ bids }) => 1 + bids.size)
    const total = (count: number): number => rows.slice(0, count).reduce((sum, one) => sum + one, 0)
    for (const event of timed) this.#post(event, atMs)
    const waiting = due.filter(({ listingId }) => this.listings.has(listingId))
    const closed = due.length - waiting.length
    assert(
      due.slice(closed).every((one) => waiting.includes(one)),
      'the earliest close first',
    )
    assert(closed <= 1 || total(closed) <= this.#timedRowsMax, 'no more than an entry may close')
    if (waiting.length === 0) return
    assert(closed > 0 && total(closed + 1) > this.#timedRowsMax, 'and no less')
  }

  #post(event: Event, atMs: number): void {
    switch (event.kind) {
      case 'Deposited':
        this.depositedMinor += event.amountMinor
        this.#move(event.accountId, event.amountMinor, 0)
        return
      case 'ListingOpened':
        this.listings.set(event.listingId, { ...event, fundedMinor: 0, bids: new Map() })
        return
      case 'BidPlaced':
        return this.#place(event, atMs)
      case 'BidOutbid':
        return this.#lower(event.listingId, event.bidId, event.releasedMinor, event.acceptedMinor)
      case 'BidCancelled':
        assert(
          atMs < this.#listing(event.listingId).closesAtMs,
          'no way out after the closing time',
        )
        return this.#lower(event.listingId, event.bidId, event.releasedMinor, 0)
      case 'ListingAllocated':
        return this.#checkFills(event.listingId, event.fills, true)
      case 'LoanDisbursed':
        this.#checkFills(event.listingId, event.fills, true)
        for (const fill of event.fills) this.#move(fill.accountId, 0, -fill.amountMinor)
        this.#move(event.borrowerId, event.amountMinor, 0)
        this.listings.delete(event.listingId)
        return
      case 'ListingExpired':
        this.#checkFills(event.listingId, event.released, false)
        for (const { accountId, amountMinor } of event.released)
          this.#move(accountId, amountMinor, -amountMinor)
        this.listings.delete(event.listingId)
        return
      case 'Refused':
      case 'Repeated':
        return
      default:
        assertNever(event)
    }
  }

  #place(event: BidPlaced, atMs: number): void {
    const listing = this.#listing(event.listingId)
    assert(event.accountId !== listing.borrowerId, 'no bid by the borrower')
    assert(atMs < listing.closesAtMs, 'no bid after the closing time')
    assert(event.ratePpm <= listing.ratePpm, 'no bid above the ceiling')
    assert(
      event.acceptedMinor > 0 && event.acceptedMinor <= event.amountMinor,
      'no more than asked',
    )
    this.#move(event.accountId, -event.acceptedMinor, event.acceptedMinor)
    listing.bids.set(event.bidId, { ...event, openMinor: event.acceptedMinor })
    listing.fundedMinor += event.acceptedMinor
  }

  #lower(listingId: ListingId, bidId: BidId, releasedMinor: number, leftMinor: number): void {
    const listing = this.#listing(listingId)
    const bid = listing.bids.get(bidId)
    assert(bid !== undefined && releasedMinor > 0, 'only an open bid gives something back')
    bid.openMinor -= releasedMinor
    listing.fundedMinor -= releasedMinor
    assert(bid.openMinor === leftMinor, 'what stays is what was there less what was released')
    if (leftMinor === 0) listing.bids.delete(bidId)
    this.#move(bid.accountId, releasedMinor, -releasedMinor)
  }

  /** Fills are the open bids, each once; they cover the listing when it is allocated, and only then. */
  #checkFills(listingId: ListingId, fills: readonly Fill[], isCovered: boolean): void {
    const listing = this.#listing(listingId)
    assert(fills.length === listing.bids.size, 'every open bid is in the fills')
    assert(new Set(fills.map((fill) => fill.bidId)).size === fills.length, 'and only once')
    for (const { bidId, accountId, amountMinor } of fills) {
      const bid = listing.bids.get(bidId)
      assert(bid?.accountId === accountId && bid.openMinor === amountMinor, 'exactly what it had')
    }
    const sumMinor = fills.reduce((sum, fill) => sum + fill.amountMinor, 0)
    assert((sumMinor === listing.amountMinor) === isCovered, 'allocated if covered, else expired')
  }

  #check(): void {
    let cashMinor = 0
    for (const amountMinor of this.available.values()) cashMinor += amountMinor
    for (const amountMinor of this.held.values()) cashMinor += amountMinor
    assert(cashMinor === this.depositedMinor, 'cash is neither made nor lost')
    const bidden = new Map<AccountId, number>()
    for (const listing of this.listings.values()) {
      const leftMinor = listing.amountMinor - listing.fundedMinor
      assert(leftMinor >= 0, 'no more is accepted than was asked for')
      if (listing.mode === 'fixed-rate')
        assert(leftMinor >= listing.minBidMinor, 'what is left can always be bid for')
      for (const { accountId, openMinor } of listing.bids.values())
        bidden.set(accountId, (bidden.get(accountId) ?? 0) + openMinor)
    }
    for (const [accountId, heldMinor] of this.held)
      assert(heldMinor === (bidden.get(accountId) ?? 0), 'held cash is the sum of the open bids')
  }

  #move(accountId: AccountId, available: number, held: number): void {
    const availableMinor = (this.available.get(accountId) ?? 0) + available
    const heldMinor = (this.held.get(accountId) ?? 0) + held
    assert(availableMinor >= 0 && heldMinor >= 0, 'no balance is ever below zero')
    this.available.set(accountId, availableMinor)
    this.held.set(accountId, heldMinor)
  }

  #listing(listingId: ListingId): SeenListing {
    const listing = this.listings.get(listingId)
    assert(listing !== undefined, 'things happen in open listings only')
    return listing
  }
}
