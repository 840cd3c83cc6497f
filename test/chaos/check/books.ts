/** The books: never more than was asked for, and who wins is who came first at the best rate.
 *
 *  Each listing's book is kept here once more, from the events alone (naive-book.ts). */
import type { Event, EventOf } from '../../../schema/index.ts'
import { eventsOf } from '../evidence.ts'
import type { Evidence } from '../evidence.ts'
import { bestFirst, bidOf, isSameBids, roomAt, sumOf, worstOf } from './naive-book.ts'
import type { OpenBid, OpenBook } from './naive-book.ts'
import type { Findings } from './violation.ts'

export function checkBooks(evidence: Evidence, findings: Findings): void {
  const books = new Books(findings)
  for (const event of eventsOf(evidence)) books.follow(event)
  for (const row of evidence.listing) {
    const isOpen = books.isOpen(row.listing_id)
    findings.expect(
      ['scheduled', 'open', 'full', 'in-review'].includes(row.status) === isOpen,
      'ledger',
      () => `listing ${row.listing_id} is ${row.status}, its events say otherwise`,
    )
    findings.expect(
      row.funded_minor <= row.amount_minor,
      'over-filled',
      () => `listing ${row.listing_id} has ${row.funded_minor} of ${row.amount_minor}`,
    )
  }
}

class Books {
  readonly #open = new Map<number, OpenBook>()
  readonly #findings: Findings
  /** Bids and places are numbered by one counter. */
  #newest = 0

  constructor(findings: Findings) {
    this.#findings = findings
  }

  isOpen(listingId: number): boolean {
    return this.#open.has(listingId)
  }

  follow(event: Event): void {
    switch (event.kind) {
      case 'ListingOpened': {
        const { listingId, borrowerId, mode, amountMinor, minBidMinor } = event
        const terms = { borrowerId, mode, amountMinor, minBidMinor, ceilingPpm: event.ratePpm }
        this.#open.set(listingId, { ...terms, bids: [], stage: 'open', approvedBy: [] })
        return
      }
      case 'BidPlaced':
        return this.#place(event)
      case 'BidAmended':
        return this.#amend(event)
      case 'BidOutbid':
        return this.#outbid(event)
      case 'BidCancelled':
        return this.#cancel(event)
      case 'ListingAllocated':
        return this.#allocate(event)
      case 'ListingExpired':
        return this.#expire(event)
      case 'ListingWithdrawn':
        return this.#withdraw(event)
      case 'BidsReleased':
        return this.#release(event)
      case 'ListingApproved':
        return this.#approve(event)
      case 'ListingRejected':
        return this.#endReview(event.listingId, event.reviewerId)
      case 'ReviewLapsed':
        return this.#endReview(event.listingId, null)
      case 'LoanDisbursed':
        return this.#disburse(event)
      // No listing of these tests is scheduled or shared out.
      case 'BiddingOpened':
      case 'BidsCut':
      case 'Deposited':
      case 'Refused':
      case 'Repeated':
        return
    }
  }

  /** The book of a listing in which something may still happen. */
  #bookOf(listingId: number): OpenBook | undefined {
    const book = this.#open.get(listingId)
    return book?.stage === 'open' ? book : undefined
  }

  #place(event: EventOf<'BidPlaced'>): void {
    const { bidId, listingId } = event
    const book = this.#bookOf(listingId)
    if (book === undefined) {
      this.#findings.add('over-filled', `bid ${bidId} was placed on listing ${listingId}, not open`)
      return
    }
    this.#enter(listingId, book, { ...event, place: bidId })
  }

  /** A smaller amount at the same rate keeps its place and gives up first what is not in the book;
   *  anything else is a new bid in all but its name, as if the old one were not there. */
  #amend(event: EventOf<'BidAmended'>): void {
    const { bidId, listingId, accountId, amountMinor, acceptedMinor, ratePpm, place } = event
    const book = this.#bookOf(listingId)
    const bid = book === undefined ? undefined : bidOf(book, bidId)
    if (book === undefined || bid === undefined) {
      this.#findings.add('over-filled', `bid ${bidId} was amended and is not open`)
      return
    }
    this.#findings.expect(
      accountId === bid.accountId &&
        event.heldMinor - event.releasedMinor === acceptedMinor - bid.acceptedMinor &&
        (event.heldMinor === 0 || event.releasedMinor === 0),
      'wrong-cash',
      () => `bid ${bidId} had ${bid.acceptedMinor} in the book, then ${JSON.stringify(event)}`,
    )
    const terms = { amountMinor, acceptedMinor, ratePpm, place }
    if (amountMinor <= bid.amountMinor && ratePpm === bid.ratePpm) {
      const keptMinor = Math.min(bid.acceptedMinor, amountMinor)
      this.#findings.expect(
        place === bid.place && acceptedMinor === keptMinor,
        'out-of-priority',
        () =>
          `bid ${bidId} was lowered to ${acceptedMinor} at place ${place}, not ${keptMinor} at ${bid.place}`,
      )
      Object.assign(bid, terms)
      return
    }
    book.bids = book.bids.filter((one) => one !== bid)
    this.#enter(listingId, book, { ...bid, ...terms })
  }

  /** Behind all others of its rate, with what the book has room for. */
  #enter(listingId: number, book: OpenBook, bid: OpenBid): void {
    const { bidId, amountMinor, acceptedMinor, ratePpm, place } = bid
    this.#findings.expect(
      ratePpm <= book.ceilingPpm,
      'out-of-priority',
      () => `bid ${bidId} is above the ceiling of listing ${listingId}`,
    )
    this.#findings.expect(
      place > this.#newest,
      'out-of-priority',
      () => `bid ${bidId} takes place ${place}, ${this.#newest} was there before`,
    )
    this.#newest = Math.max(this.#newest, place)
    const roomMinor = roomAt(book, ratePpm, amountMinor)
    this.#findings.expect(
      acceptedMinor === roomMinor,
      acceptedMinor > roomMinor ? 'over-filled' : 'out-of-priority',
      () =>
        `listing ${listingId} took ${acceptedMinor} of bid ${bidId}, it had room for ${roomMinor}`,
    )
    book.bids.push(bid)
  }

  /** Only the worst bid of the book can lose its place. */
  #outbid({ bidId, listingId, releasedMinor, acceptedMinor }: EventOf<'BidOutbid'>): void {
    const book = this.#bookOf(listingId)
    const worst = book === undefined ? undefined : worstOf(book)
    this.#findings.expect(
      book?.mode === 'uniform-auction' && worst?.bidId === bidId,
      'out-of-priority',
      () => `bid ${bidId} was outbid, the worst of listing ${listingId} is ${worst?.bidId}`,
    )
    const bid = book === undefined ? undefined : bidOf(book, bidId)
    if (book === undefined || bid === undefined) return
    bid.acceptedMinor -= releasedMinor
    this.#findings.expect(
      bid.acceptedMinor === acceptedMinor,
      'wrong-cash',
      () => `bid ${bidId} keeps ${acceptedMinor}, it should be ${bid.acceptedMinor}`,
    )
    if (acceptedMinor === 0) book.bids = book.bids.filter((one) => one !== bid)
  }

  #cancel({ bidId, listingId, releasedMinor }: EventOf<'BidCancelled'>): void {
    const book = this.#bookOf(listingId)
    const bid = book === undefined ? undefined : bidOf(book, bidId)
    this.#findings.expect(
      bid?.acceptedMinor === releasedMinor,
      'wrong-cash',
      () => `bid ${bidId} was cancelled for ${releasedMinor}, it held ${bid?.acceptedMinor}`,
    )
    if (book !== undefined) book.bids = book.bids.filter((one) => one !== bid)
  }

  /** The winners are everyone left in the book, best first, and they sum to the amount exactly. */
  #allocate({ listingId, fills, ratePpm }: EventOf<'ListingAllocated'>): void {
    const book = this.#bookOf(listingId)
    if (book === undefined) {
      this.#findings.add('doubled', `listing ${listingId} was allocated and is not open`)
      return
    }
    book.stage = 'full'
    const winners = bestFirst(book)
    this.#findings.expect(
      isSameBids(winners, fills),
      'out-of-priority',
      () => `listing ${listingId} went to ${ids(fills)}, its book says ${ids(winners)}`,
    )
    const sumMinor = fills.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
    this.#findings.expect(
      sumMinor === book.amountMinor,
      'over-filled',
      () => `listing ${listingId} of ${book.amountMinor} was allocated ${sumMinor}`,
    )
    const clearingPpm = book.mode === 'fixed-rate' ? book.ceilingPpm : winners.at(-1)?.ratePpm
    this.#findings.expect(
      ratePpm === clearingPpm,
      'out-of-priority',
      () => `listing ${listingId} cleared at ${ratePpm}, the worst winner asked ${clearingPpm}`,
    )
  }

  #expire({ listingId, released }: EventOf<'ListingExpired'>): void {
    const book = this.#bookOf(listingId)
    this.#open.delete(listingId)
    this.#findings.expect(
      book !== undefined && isSameBids(bestFirst(book), released),
      'wrong-cash',
      () => `listing ${listingId} expired and did not release exactly its bids`,
    )
  }

  /** By its borrower only. From here on its bids can do nothing but be released, all of them. */
  #withdraw(event: EventOf<'ListingWithdrawn'>): void {
    const { listingId, borrowerId, releasedMinor, bidCount } = event
    const book = this.#bookOf(listingId)
    if (book === undefined) {
      this.#findings.add('doubled', `listing ${listingId} was withdrawn and is not open`)
      return
    }
    book.stage = 'ending'
    this.#findings.expect(
      borrowerId === book.borrowerId,
      'unexpected-key',
      () => `listing ${listingId} was withdrawn by ${borrowerId}, it is ${book.borrowerId}'s`,
    )
    this.#findings.expect(
      bidCount === book.bids.length && releasedMinor === sumOf(book.bids),
      'wrong-cash',
      () => `listing ${listingId} was withdrawn with ${releasedMinor}, it had ${sumOf(book.bids)}`,
    )
  }

  /** By two, neither of whom borrows or lends in it. */
  #approve({ listingId, reviewerId, approvals }: EventOf<'ListingApproved'>): void {
    const book = this.#open.get(listingId)
    this.#findings.expect(
      book?.stage === 'full' &&
        approvals === book.approvedBy.push(reviewerId) &&
        new Set(book.approvedBy).size === approvals &&
        reviewerId !== book.borrowerId &&
        book.bids.every(({ accountId }) => accountId !== reviewerId),
      'unexpected-key',
      () => `listing ${listingId} was approved by ${reviewerId}, number ${approvals}`,
    )
  }

  #endReview(listingId: number, reviewerId: number | null): void {
    const book = this.#open.get(listingId)
    this.#findings.expect(
      book?.stage === 'full' && reviewerId !== book.borrowerId,
      'unexpected-key',
      () => `the review of listing ${listingId} ended, it was not under way`,
    )
    if (book !== undefined) book.stage = 'ending'
  }

  #disburse({ listingId, fills }: EventOf<'LoanDisbursed'>): void {
    const book = this.#open.get(listingId)
    this.#open.delete(listingId)
    this.#findings.expect(
      book?.stage === 'full' && book.approvedBy.length === 2,
      'doubled',
      () => `listing ${listingId} was paid out without two approvals`,
    )
    this.#findings.expect(
      book !== undefined && isSameBids(bestFirst(book), fills),
      'out-of-priority',
      () => `listing ${listingId} was paid out by others than those who had won it`,
    )
  }

  #release({ listingId, released }: EventOf<'BidsReleased'>): void {
    const book = this.#open.get(listingId)
    this.#open.delete(listingId)
    this.#findings.expect(
      book?.stage === 'ending' && isSameBids(bestFirst(book), released),
      'wrong-cash',
      () => `listing ${listingId} came to nothing and did not release exactly its bids`,
    )
  }
}

function ids(bids: readonly { readonly bidId: number }[]): string {
  return bids.map(({ bidId }) => bidId).join(' ')
}
