/** What people read of listings and bids is what the record alone says of them: the terms of a bid's last
 *  amendment, what is in its book or was won, how each ended. */
import type { Event, EventOf } from '../../../schema/index.ts'
import { eventsOf } from '../evidence.ts'
import type { Evidence, Rows } from '../evidence.ts'
import type { Findings } from './violation.ts'

type Writable<Row> = { -readonly [Column in keyof Row]: Row[Column] }
type Bid = Writable<Rows['bid'][number]>
type Listing = Writable<Rows['listing'][number]>

export function checkRows(evidence: Evidence, findings: Findings): void {
  const told = tellRows(eventsOf(evidence))
  compare('bid', (row) => row.bid_id, told.bid, evidence.bid, findings)
  compare('listing', (row) => row.listing_id, told.listing, evidence.listing, findings)
  checkWithdrawn(evidence, findings)
}

function compare<Row extends object>(
  name: string,
  idOf: (row: Row) => number,
  told: readonly Row[],
  kept: readonly Row[],
  findings: Findings,
): void {
  const rows = new Map(kept.map((row) => [idOf(row), row]))
  for (const row of told) {
    const id = idOf(row)
    const read = rows.get(id)
    rows.delete(id)
    if (read === undefined) findings.add('lost', `${name} ${id} is recorded and is not there`)
    else
      findings.expect(
        isSameRow(row, read),
        'wrong-row',
        () => `${name} ${id} is ${JSON.stringify(read)}, its events say ${JSON.stringify(row)}`,
      )
  }
  for (const id of rows.keys()) findings.add('wrong-row', `${name} ${id} is there without an event`)
}

function isSameRow(told: object, read: object): boolean {
  const values = new Map(Object.entries(read))
  return Object.entries(told).every(([column, value]) => values.get(column) === value)
}

/** Said once more without any event: whatever the record says, nothing may lie in a withdrawn listing. */
function checkWithdrawn({ listing, bid }: Evidence, findings: Findings): void {
  const withdrawn = new Set(
    listing.filter(({ status }) => status === 'withdrawn').map((row) => row.listing_id),
  )
  for (const { bid_id, listing_id, status, accepted_minor: acceptedMinor } of bid)
    findings.expect(
      !withdrawn.has(listing_id) || (status !== 'open' && acceptedMinor === 0),
      'wrong-row',
      () => `bid ${bid_id} has ${acceptedMinor} in listing ${listing_id}, which was withdrawn`,
    )
}

/** The rows as the events make them, in the order of their ids. */
export function tellRows(events: Iterable<Event>): Pick<Rows, 'bid' | 'listing'> {
  const rows = new ToldRows()
  for (const event of events) rows.tell(event)
  return { bid: [...rows.bids.values()], listing: [...rows.listings.values()] }
}

class ToldRows {
  readonly bids = new Map<number, Bid>()
  readonly listings = new Map<number, Listing>()

  tell(event: Event): void {
    switch (event.kind) {
      case 'ListingOpened':
        return this.#open(event)
      case 'BidPlaced':
        return this.#place(event)
      case 'BidAmended':
        return this.#amend(event)
      case 'BidOutbid':
        return this.#lower(event.bidId, event.acceptedMinor, 'outbid')
      case 'BidCancelled':
        return this.#lower(event.bidId, 0, 'cancelled')
      case 'BiddingOpened':
        return this.#enter(event.listingId, 'open')
      case 'BidsCut':
        for (const { bidId, amountMinor } of event.released) this.#cut(bidId, amountMinor)
        return
      case 'ListingAllocated':
        return this.#close(event.listingId, 'full', event.ratePpm)
      case 'ListingApproved':
        return this.#enter(event.listingId, 'in-review')
      case 'LoanDisbursed': {
        const { listingId, fills, ratePpm } = event
        for (const { bidId, amountMinor } of fills) this.#end(bidId, amountMinor, 'won')
        return this.#close(listingId, 'funded', ratePpm)
      }
      case 'ListingExpired':
        for (const { bidId } of event.released) this.#end(bidId, 0, 'expired')
        return this.#close(event.listingId, 'expired', null)
      case 'BidsReleased':
        for (const { bidId } of event.released) this.#end(bidId, 0, event.cause)
        return this.#enter(event.listingId, event.cause)
      // Told by `BidsReleased`, right behind them.
      case 'ListingWithdrawn':
      case 'ListingRejected':
      case 'ReviewLapsed':
      case 'Deposited':
      case 'Refused':
      case 'Repeated':
        return
    }
  }

  #open({ listingId, mode, amountMinor, opensAtMs }: EventOf<'ListingOpened'>): void {
    this.listings.set(listingId, {
      listing_id: listingId,
      mode,
      status: opensAtMs === 0 ? 'open' : 'scheduled',
      amount_minor: amountMinor,
      funded_minor: 0,
      bid_count: 0,
      clearing_rate_ppm: null,
    })
  }

  #place(event: EventOf<'BidPlaced'>): void {
    this.bids.set(event.bidId, {
      bid_id: event.bidId,
      listing_id: event.listingId,
      account_id: event.accountId,
      amount_minor: event.amountMinor,
      accepted_minor: event.acceptedMinor,
      placed_minor: event.acceptedMinor,
      rate_ppm: event.ratePpm,
      place: event.bidId,
      status: 'open',
    })
    this.#fund(event.listingId, event.acceptedMinor, 1)
  }

  #amend({ bidId, amountMinor, acceptedMinor, ratePpm, place }: EventOf<'BidAmended'>): void {
    const bid = this.bids.get(bidId)
    if (bid === undefined) return
    this.#fund(bid.listing_id, acceptedMinor - bid.accepted_minor, 0)
    bid.amount_minor = amountMinor
    bid.accepted_minor = acceptedMinor
    bid.rate_ppm = ratePpm
    bid.place = place
  }

  /** A bid of which nothing stays has ended as `status`. */
  #lower(bidId: number, acceptedMinor: number, status: string): void {
    const bid = this.bids.get(bidId)
    if (bid === undefined) return
    const isGone = acceptedMinor === 0
    this.#fund(bid.listing_id, acceptedMinor - bid.accepted_minor, isGone ? -1 : 0)
    bid.accepted_minor = acceptedMinor
    if (isGone) bid.status = status
  }

  #cut(bidId: number, byMinor: number): void {
    this.#lower(bidId, (this.bids.get(bidId)?.accepted_minor ?? 0) - byMinor, 'outbid')
  }

  #enter(listingId: number, status: string): void {
    const listing = this.listings.get(listingId)
    if (listing !== undefined) listing.status = status
  }

  #fund(listingId: number, byMinor: number, bids: number): void {
    const listing = this.listings.get(listingId)
    if (listing === undefined) return
    listing.funded_minor += byMinor
    listing.bid_count += bids
  }

  /** With its listing, whose row keeps what the book held as it closed. */
  #end(bidId: number, acceptedMinor: number, status: string): void {
    const bid = this.bids.get(bidId)
    if (bid === undefined) return
    bid.accepted_minor = acceptedMinor
    bid.status = status
  }

  #close(listingId: number, status: string, clearingPpm: number | null): void {
    const listing = this.listings.get(listingId)
    if (listing === undefined) return
    listing.status = status
    listing.clearing_rate_ppm = clearingPpm
  }
}
