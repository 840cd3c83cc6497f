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
  stageTerm,
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
  stage: 'scheduled' | 'open' | 'full'
  approvedBy: AccountId | 0
  reviewByMs: number
}
interface SeenBid extends BidPlaced {
  openMinor: number
  place: number
}

/** It waits only for an entry that may close it. An underwriter may still be displaced. */
function isComplete(listing: SeenListing): boolean {
  if (listing.stage !== 'open' || !isFirstCome(listing)) return false
  return firmMinorOf(listing) === listing.amountMinor
}

function isFirstCome({ mode }: SeenListing): boolean {
  return mode === 'fixed-rate' || mode === 'rate-book'
}

function firmMinorOf({ bids }: SeenListing): number {
  const firm = [...bids.values()].filter(({ rank }) => rank !== 'last')
  return firm.reduce((sum, { openMinor }) => sum + openMinor, 0)
}

function dueAtMs(listing: SeenListing): number {
  if (listing.stage === 'scheduled') return listing.opensAtMs
  if (listing.stage === 'full') return listing.reviewByMs
  return isComplete(listing) ? 0 : listing.closesAtMs
}

function floorOf({ floorMinor, amountMinor }: SeenListing): number {
  return floorMinor === 0 ? amountMinor : floorMinor
}

export class Witness {
  readonly available = new Map<AccountId, number>()
  readonly held = new Map<AccountId, number>()
  readonly listings = new Map<ListingId, SeenListing>()
  depositedMinor = 0
  readonly #limits: MarketLimits
  #nextClaimId = 1

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
    for (const { listingId, fundedMinor, bids, stage, approvedBy } of this.listings.values()) {
      sum.add(listingTerm(listingId, fundedMinor, bids.size))
      sum.add(stageTerm(listingId, stage, approvedBy))
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
      if (event.kind === 'ListingAllocated' || event.kind === 'LoanDisbursed')
        return rows + 1 + event.fills.length
      return event.kind === 'BidsReleased' ? rows + 1 + event.released.length : rows
    }, 0)
  }

  /** What is due closes before the commands, the earliest first, as much of it as an entry may. */
  #close({ timed, atMs }: EventEntry): void {
    const due = [...this.listings.values()]
      .filter((listing) => dueAtMs(listing) <= atMs)
      .toSorted((a, b) => dueAtMs(a) - dueAtMs(b) || a.listingId - b.listingId)
    const stages = new Map(due.map((listing) => [listing, listing.stage]))
    const rows = due.map(({ bids, stage }) => (stage === 'scheduled' ? 1 : 1 + bids.size))
    const total = (count: number): number => rows.slice(0, count).reduce((sum, one) => sum + one, 0)
    for (const event of timed) this.#post(event, atMs)
    const waiting = due.filter(
      (one) => this.listings.has(one.listingId) && one.stage === stages.get(one),
    )
    // One whose bidding opened may be due again in the same entry, and then closes or waits.
    if (due.some((one) => stages.get(one) === 'scheduled' && one.closesAtMs <= atMs)) return
    const done = due.length - waiting.length
    assert(
      due.slice(done).every((one) => waiting.includes(one)),
      'the earliest come first',
    )
    assert(done <= 1 || total(done) <= this.#limits.timedRowsMax, 'no more than an entry may do')
    if (waiting.length === 0) return
    assert(done > 0 && total(done + 1) > this.#limits.timedRowsMax, 'and no less')
  }

  #post(event: Event, atMs: number): void {
    switch (event.kind) {
      case 'Deposited':
        this.depositedMinor += event.amountMinor
        this.#move(event.accountId, event.amountMinor, 0)
        return
      case 'ListingOpened':
        this.listings.set(event.listingId, {
          ...event,
          fundedMinor: 0,
          bids: new Map(),
          stage: event.opensAtMs > 0 ? 'scheduled' : 'open',
          approvedBy: 0,
          reviewByMs: 0,
        })
        return
      case 'BiddingOpened': {
        const listing = this.#listing(event.listingId)
        assert(listing.stage === 'scheduled' && listing.opensAtMs <= atMs, 'opens in its time')
        listing.stage = 'open'
        return
      }
      case 'BidsCut':
        return this.#cut(event.listingId, event.released)
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
        const { fundedMinor, bids, closesAtMs, borrowerId, stage } = this.#listing(event.listingId)
        assert(atMs < closesAtMs && stage !== 'full', 'withdrawn only before it is full')
        assert(borrowerId === event.borrowerId, 'withdrawn only for its borrower')
        assert(event.releasedMinor === fundedMinor, 'all that the bids held')
        assert(event.bidCount === bids.size, 'all bids')
        return
      }
      case 'ListingAllocated': {
        const listing = this.#checkFills(event.listingId, event.fills, true)
        assert(listing.stage === 'open', 'full once')
        assert(
          isComplete(listing) || atMs >= listing.closesAtMs,
          'full when complete, or at its time',
        )
        this.#checkRate(listing, event.ratePpm, event.vcgRatePpm)
        listing.stage = 'full'
        listing.reviewByMs = event.reviewByMs
        return
      }
      case 'ListingApproved': {
        const { listingId, reviewerId, approvals } = event
        const listing = this.#reviewed(listingId, reviewerId, atMs)
        assert(approvals === (listing.approvedBy === 0 ? 1 : 2), 'approvals are counted')
        assert(listing.approvedBy !== reviewerId, 'two reviewers are two people')
        if (listing.approvedBy === 0) listing.approvedBy = reviewerId
        else listing.reviewByMs = Infinity
        return
      }
      case 'ListingRejected': {
        const { fundedMinor, bids } = this.#reviewed(event.listingId, event.reviewerId, atMs)
        assert(event.releasedMinor === fundedMinor, 'all that the bids held')
        assert(event.bidCount === bids.size, 'all bids')
        return
      }
      case 'ReviewLapsed': {
        const { stage, reviewByMs } = this.#listing(event.listingId)
        assert(stage === 'full' && reviewByMs <= atMs, 'reviewers have their time')
        return
      }
      case 'LoanDisbursed': {
        const listing = this.#checkFills(event.listingId, event.fills, true)
        assert(listing.reviewByMs === Infinity, 'nothing is paid out before two have approved it')
        assert(event.firstClaimId === this.#nextClaimId, 'claims are numbered without gaps')
        this.#nextClaimId += event.fills.length
        for (const fill of event.fills) this.#move(fill.accountId, 0, -fill.amountMinor)
        this.#move(event.borrowerId, event.amountMinor, 0)
        this.listings.delete(event.listingId)
        return
      }
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
    assert(listing.stage === 'open' && !isComplete(listing), 'bids on what is open')
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
    assert(listing.stage === 'open', 'nothing changes once it is full')
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

  /** Everybody keeps some or goes; what is kept fits, or nobody could be given enough. */
  #cut(listingId: ListingId, released: readonly Fill[]): void {
    const listing = this.#listing(listingId)
    assert(listing.mode === 'pro-rata', 'only a window is shared out')
    assert(listing.fundedMinor > listing.amountMinor, 'and only when it was offered too much')
    for (const { bidId, amountMinor } of released) {
      const openMinor = listing.bids.get(bidId)?.openMinor ?? 0
      this.#lower(listingId, bidId, amountMinor, openMinor - amountMinor)
    }
    assert(listing.fundedMinor <= listing.amountMinor, 'no more is given out than was asked for')
    for (const { openMinor, minFillMinor } of listing.bids.values())
      assert(openMinor >= Math.max(listing.minBidMinor, minFillMinor), 'nobody gets too little')
  }

  #reviewed(listingId: ListingId, reviewerId: AccountId, atMs: number): SeenListing {
    const listing = this.#listing(listingId)
    const { stage, reviewByMs, borrowerId, bids } = listing
    assert(stage === 'full' && atMs < reviewByMs, 'reviewed while it is full, in time')
    assert(reviewerId !== borrowerId, 'no borrower reviews')
    assert(
      [...bids.values()].every(({ accountId }) => accountId !== reviewerId),
      'no lender reviews',
    )
    return listing
  }

  #checkRate(listing: SeenListing, ratePpm: number, vcgRatePpm: number): void {
    const bids = [...listing.bids.values()]
    const isCovered = listing.fundedMinor === listing.amountMinor
    const interest = bids.reduce((sum, bid) => sum + bid.openMinor * bid.ratePpm, 0)
    const expected: Record<SeenListing['mode'], number> = {
      'fixed-rate': listing.ratePpm,
      'pro-rata': listing.ratePpm,
      'pay-as-bid-auction': Math.ceil(interest / listing.fundedMinor),
      'rate-book': Math.ceil(interest / listing.fundedMinor),
      'uniform-auction': isCovered ? Math.max(...bids.map((bid) => bid.ratePpm)) : listing.ratePpm,
    }
    assert(ratePpm === expected[listing.mode], 'the rate follows from the winners')
    const isVcg = listing.mode === 'uniform-auction'
    assert(
      isVcg ? vcgRatePpm <= listing.ratePpm : vcgRatePpm === ratePpm,
      'nobody is paid more than the ceiling',
    )
  }

  /** Fills are the open bids, each once; they are enough when it is allocated, and only then. */
  #checkFills(listingId: ListingId, fills: readonly Fill[], isFunded: boolean): SeenListing {
    const listing = this.#checkEach(listingId, fills)
    const sumMinor = fills.reduce((sum, fill) => sum + fill.amountMinor, 0)
    assert(sumMinor >= floorOf(listing) === isFunded, 'allocated if funded, else expired')
    return listing
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
      if (listing.mode !== 'pro-rata') {
        assert(leftMinor >= 0, 'no more is accepted than was asked for')
        const openMinor = isFirstCome(listing)
          ? listing.amountMinor - firmMinorOf(listing)
          : leftMinor
        assert(
          openMinor === 0 || openMinor >= listing.minBidMinor,
          'what is left can always be bid for',
        )
      }
      for (const { openMinor, minFillMinor, rank } of listing.bids.values())
        assert(
          openMinor >= Math.max(listing.minBidMinor, minFillMinor) ||
            (rank === 'last' && isFirstCome(listing)),
          'nobody has too little',
        )
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
