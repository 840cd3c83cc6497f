/** Someone who sees only the events, as settlement does, and keeps books of their own by the chart of
 *  accounts. Everything the engine promises about money and listings is asserted here, on the
 *  outside: a witness needs no memory of the commands and knows nothing of the engine's state. */
import {
  accountTerm,
  bidTerm,
  DigestSum,
  listingTerm,
  MARKET_LIMITS,
  placeTerm,
} from '../../engine/index.ts'
import type { MarketLimits } from '../../engine/index.ts'
import { assert, assertNever, stateDigestOf } from '../../schema/index.ts'
import type {
  AccountId,
  BidAmended,
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
  place: number
}

/** It waits only for an entry that may close it. */
function isComplete({ mode, fundedMinor, amountMinor }: SeenListing): boolean {
  return mode === 'fixed-rate' && fundedMinor === amountMinor
}

function dueAtMs(listing: SeenListing): number {
  return isComplete(listing) ? 0 : listing.closesAtMs
}

export class Witness {
  readonly available = new Map<AccountId, number>()
  readonly held = new Map<AccountId, number>()
  readonly listings = new Map<ListingId, SeenListing>()
  depositedMinor = 0
  readonly #limits: MarketLimits

  constructor(limits: MarketLimits = MARKET_LIMITS) {
    this.#limits = limits
  }

  see(entry: EventEntry): void {
    this.#close(entry)
    this.#answer(entry)
    this.#check()
    assert(
      this.digest() === stateDigestOf(entry.digest),
      'the books come to the digest of the engine',
    )
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
      for (const { bidId, place } of bids.values()) sum.add(placeTerm(bidId, place))
    }
    return sum.hex()
  }

  /** Beyond the first thing that commands bring about they bring about no more than an entry may; a
   *  listing that they complete is left for the next entry only when it would be more. */
  #answer({ answered, atMs }: EventEntry): void {
    let rows = 0
    for (const events of answered) {
      const caused = this.#causedBy(events)
      const isFirst = rows === 0 || caused === 0
      rows += caused
      assert(isFirst || rows <= this.#limits.causedRowsMax, 'no more than an entry may bring about')
      for (const event of events) this.#post(event, atMs)
      const [answer] = events
      if (answer?.kind !== 'BidPlaced' && answer?.kind !== 'BidAmended') continue
      const listing = this.listings.get(answer.listingId)
      if (listing === undefined || !isComplete(listing)) continue
      const more = 1 + listing.bids.size
      assert(rows > 0 && rows + more > this.#limits.causedRowsMax, 'closed at once if it may be')
    }
  }

  #causedBy(events: readonly Event[]): number {
    return events.reduce((rows, event) => {
      if (event.kind === 'BidOutbid') return rows + 1
      if (event.kind === 'ListingAllocated') return rows + 1 + event.fills.length
      return event.kind === 'BidsReleased' ? rows + 1 + event.released.length : rows
    }, 0)
  }

  /** What is due closes before the commands, the earliest first, as much of it as an entry may. */
  #close({ timed, atMs }: EventEntry): void {
    const due = [...this.listings.values()]
      .filter((listing) => dueAtMs(listing) <= atMs)
      .toSorted((a, b) => dueAtMs(a) - dueAtMs(b) || a.listingId - b.listingId)
    const rows = due.map(({ bids }) => 1 + bids.size)
    const total = (count: number): number => rows.slice(0, count).reduce((sum, one) => sum + one, 0)
    for (const event of timed) this.#post(event, atMs)
    const waiting = due.filter(({ listingId }) => this.listings.has(listingId))
    const closed = due.length - waiting.length
    assert(
      due.slice(closed).every((one) => waiting.includes(one)),
      'the earliest close first',
    )
    assert(
      closed <= 1 || total(closed) <= this.#limits.timedRowsMax,
      'no more than an entry may close',
    )
    if (waiting.length === 0) return
    assert(closed > 0 && total(closed + 1) > this.#limits.timedRowsMax, 'and no less')
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
      case 'BidAmended':
        return this.#amend(event, atMs)
      case 'ListingWithdrawn': {
        const { fundedMinor, bids, closesAtMs, borrowerId } = this.#listing(event.listingId)
        assert(atMs < closesAtMs, 'withdrawn only while it is open')
        assert(borrowerId === event.borrowerId, 'withdrawn only for its borrower')
        assert(event.releasedMinor === fundedMinor, 'all that the bids held')
        assert(event.bidCount === bids.size, 'all bids')
        return
      }
      case 'ListingAllocated':
        return this.#checkFills(event.listingId, event.fills, true)
      case 'LoanDisbursed':
        this.#checkFills(event.listingId, event.fills, true)
        for (const fill of event.fills) this.#move(fill.accountId, 0, -fill.amountMinor)
        this.#move(event.borrowerId, event.amountMinor, 0)
        this.listings.delete(event.listingId)
        return
      case 'BidsReleased':
      case 'ListingExpired':
        if (event.kind === 'ListingExpired')
          this.#checkFills(event.listingId, event.released, false)
        else this.#checkEach(event.listingId, event.released)
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
    assert(!isComplete(listing), 'no bid on what is complete')
    assert(event.ratePpm <= listing.ratePpm, 'no bid above the ceiling')
    assert(
      event.acceptedMinor > 0 && event.acceptedMinor <= event.amountMinor,
      'no more than asked',
    )
    this.#move(event.accountId, -event.acceptedMinor, event.acceptedMinor)
    const openMinor = event.acceptedMinor
    listing.bids.set(event.bidId, { ...event, openMinor, place: event.bidId })
    listing.fundedMinor += event.acceptedMinor
  }

  /** The cash moves by exactly what the bid has more or less. Only a smaller amount keeps the place. */
  #amend(event: BidAmended, atMs: number): void {
    const { listingId, bidId, accountId, amountMinor, acceptedMinor, ratePpm, place } = event
    const { heldMinor, releasedMinor } = event
    const listing = this.#listing(listingId)
    const bid = listing.bids.get(bidId)
    assert(bid?.accountId === accountId, 'only an open bid of its owner is amended')
    assert(atMs < listing.closesAtMs, 'nothing changes after the closing time')
    assert(ratePpm <= listing.ratePpm, 'no bid above the ceiling')
    assert(amountMinor >= listing.minBidMinor, 'no bid below the minimum')
    assert(acceptedMinor > 0 && acceptedMinor <= amountMinor, 'something, and no more than asked')
    assert(heldMinor === 0 || releasedMinor === 0, 'cash moves one way')
    const openMinor = bid.openMinor + heldMinor - releasedMinor
    assert(openMinor === acceptedMinor, 'what was held before and what moved is what is held now')
    const isLess = ratePpm === bid.ratePpm && amountMinor <= bid.amountMinor
    const places = [...listing.bids.values()].map((other) => other.place)
    assert(isLess ? place === bid.place : place > Math.max(...places), 'less keeps its place')
    listing.fundedMinor += openMinor - bid.openMinor
    listing.bids.set(bidId, { ...bid, amountMinor, acceptedMinor, ratePpm, openMinor, place })
    this.#move(accountId, releasedMinor - heldMinor, heldMinor - releasedMinor)
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
    const listing = this.#checkEach(listingId, fills)
    const sumMinor = fills.reduce((sum, fill) => sum + fill.amountMinor, 0)
    assert((sumMinor === listing.amountMinor) === isCovered, 'allocated if covered, else expired')
  }

  #checkEach(listingId: ListingId, fills: readonly Fill[]): SeenListing {
    const listing = this.#listing(listingId)
    assert(fills.length === listing.bids.size, 'every open bid is in the fills')
    assert(new Set(fills.map((fill) => fill.bidId)).size === fills.length, 'and only once')
    for (const { bidId, accountId, amountMinor } of fills) {
      const bid = listing.bids.get(bidId)
      assert(bid?.accountId === accountId && bid.openMinor === amountMinor, 'exactly what it had')
    }
    return listing
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
      if (listing.mode === 'fixed-rate' && !isComplete(listing))
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
