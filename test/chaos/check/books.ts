/** The books: never more than was asked for, and who wins is who came first at the best rate.
 *
 *  Each listing's book is kept here in the most obvious way, a sorted array, from the events alone. */
import type { Event, Fill } from '../../../schema/index.ts'
import { eventsOf } from '../evidence.ts'
import type { Evidence } from '../evidence.ts'
import type { Findings } from './violation.ts'

interface OpenBid {
  readonly bidId: number
  readonly accountId: number
  readonly ratePpm: number
  acceptedMinor: number
}

interface OpenBook {
  readonly mode: string
  readonly amountMinor: number
  readonly ceilingPpm: number
  /** In no order: sorted when it matters. */
  bids: OpenBid[]
}

export function checkBooks(evidence: Evidence, findings: Findings): void {
  const books = new Map<number, OpenBook>()
  for (const event of eventsOf(evidence)) follow(event, books, findings)
  for (const row of evidence.listing) {
    const book = books.get(row.listing_id)
    findings.expect(
      (row.status === 'open') === (book !== undefined),
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

function follow(event: Event, books: Map<number, OpenBook>, findings: Findings): void {
  switch (event.kind) {
    case 'ListingOpened': {
      const { mode, amountMinor, ratePpm: ceilingPpm } = event
      books.set(event.listingId, { mode, amountMinor, ceilingPpm, bids: [] })
      break
    }
    case 'BidPlaced':
      place(event, books, findings)
      break
    case 'BidOutbid':
      outbid(event, books, findings)
      break
    case 'BidCancelled':
      remove(event, books, findings)
      break
    case 'ListingAllocated':
      allocate(event, books, findings)
      break
    case 'ListingExpired':
      expire(event, books, findings)
      break
    case 'Deposited':
    case 'LoanDisbursed':
    case 'Refused':
    case 'Repeated':
      break
  }
}

type Of<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>

function place(event: Of<'BidPlaced'>, books: Map<number, OpenBook>, findings: Findings): void {
  const { bidId, accountId, ratePpm, acceptedMinor, listingId } = event
  const book = books.get(listingId)
  if (book === undefined) {
    findings.add('over-filled', `bid ${bidId} was placed on listing ${listingId}, not open`)
    return
  }
  book.bids.push({ bidId, accountId, ratePpm, acceptedMinor })
  findings.expect(
    ratePpm <= book.ceilingPpm,
    'out-of-priority',
    () => `bid ${bidId} is above the ceiling of listing ${listingId}`,
  )
  // A better bid may overshoot for the moment until its outbids follow: auctions only.
  if (book.mode === 'fixed-rate') checkSum(listingId, book, findings)
}

/** Only the worst bid of the book can lose its place. */
function outbid(event: Of<'BidOutbid'>, books: Map<number, OpenBook>, findings: Findings): void {
  const { bidId, listingId, releasedMinor, acceptedMinor } = event
  const book = books.get(listingId)
  const worst = book === undefined ? undefined : worstOf(book)
  findings.expect(
    book?.mode === 'uniform-auction' && worst?.bidId === bidId,
    'out-of-priority',
    () => `bid ${bidId} was outbid, the worst of listing ${listingId} is ${worst?.bidId}`,
  )
  const bid = book?.bids.find((one) => one.bidId === bidId)
  if (book === undefined || bid === undefined) return
  bid.acceptedMinor -= releasedMinor
  findings.expect(
    bid.acceptedMinor === acceptedMinor,
    'wrong-cash',
    () => `bid ${bidId} keeps ${acceptedMinor}, it should be ${bid.acceptedMinor}`,
  )
  if (acceptedMinor === 0) book.bids = book.bids.filter((one) => one !== bid)
}

function remove(event: Of<'BidCancelled'>, books: Map<number, OpenBook>, findings: Findings): void {
  const { bidId, listingId, releasedMinor } = event
  const book = books.get(listingId)
  const bid = book?.bids.find((one) => one.bidId === bidId)
  findings.expect(
    bid?.acceptedMinor === releasedMinor,
    'wrong-cash',
    () => `bid ${bidId} was cancelled for ${releasedMinor}, it held ${bid?.acceptedMinor}`,
  )
  if (book !== undefined) book.bids = book.bids.filter((one) => one !== bid)
}

/** The winners are everyone left in the book, best first, and they sum to the amount exactly. */
function allocate(
  event: Of<'ListingAllocated'>,
  books: Map<number, OpenBook>,
  findings: Findings,
): void {
  const { listingId, fills, ratePpm } = event
  const book = books.get(listingId)
  books.delete(listingId)
  if (book === undefined) {
    findings.add('doubled', `listing ${listingId} was allocated and is not open`)
    return
  }
  const winners = bestFirst(book)
  findings.expect(
    isSameBids(winners, fills),
    'out-of-priority',
    () => `listing ${listingId} went to ${ids(fills)}, its book says ${ids(winners)}`,
  )
  const sumMinor = fills.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
  findings.expect(
    sumMinor === book.amountMinor,
    'over-filled',
    () => `listing ${listingId} of ${book.amountMinor} was allocated ${sumMinor}`,
  )
  const clearingPpm = book.mode === 'fixed-rate' ? book.ceilingPpm : winners.at(-1)?.ratePpm
  findings.expect(
    ratePpm === clearingPpm,
    'out-of-priority',
    () => `listing ${listingId} cleared at ${ratePpm}, the worst winner asked ${clearingPpm}`,
  )
}

function expire(
  { listingId, released }: Of<'ListingExpired'>,
  books: Map<number, OpenBook>,
  findings: Findings,
): void {
  const book = books.get(listingId)
  books.delete(listingId)
  findings.expect(
    book !== undefined && isSameBids(bestFirst(book), released),
    'wrong-cash',
    () => `listing ${listingId} expired and did not release exactly its bids`,
  )
}

function checkSum(listingId: number, book: OpenBook, findings: Findings): void {
  const sumMinor = book.bids.reduce((sum, bid) => sum + bid.acceptedMinor, 0)
  findings.expect(
    sumMinor <= book.amountMinor,
    'over-filled',
    () => `listing ${listingId} of ${book.amountMinor} has accepted ${sumMinor}`,
  )
}

function worstOf({ bids }: OpenBook): OpenBid | undefined {
  let worst = bids[0]
  for (const bid of bids) if (worst !== undefined && byRate(worst, bid) < 0) worst = bid
  return worst
}

/** Negative when `a` comes before `b` in an auction. */
function byRate(a: OpenBid, b: OpenBid): number {
  return a.ratePpm - b.ratePpm || a.bidId - b.bidId
}

/** A fixed-rate listing knows only the order of arrival. */
function bestFirst({ mode, bids }: OpenBook): OpenBid[] {
  return bids.toSorted((a, b) => (mode === 'fixed-rate' ? a.bidId - b.bidId : byRate(a, b)))
}

function isSameBids(bids: readonly OpenBid[], fills: readonly Fill[]): boolean {
  return (
    bids.length === fills.length &&
    bids.every((bid, index) => {
      const fill = fills[index]
      return fill?.bidId === bid.bidId && fill.amountMinor === bid.acceptedMinor
    })
  )
}

function ids(bids: readonly { readonly bidId: number }[]): string {
  return bids.map(({ bidId }) => bidId).join(' ')
}
