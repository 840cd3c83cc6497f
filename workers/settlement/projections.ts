/** What each event does to the rows that people read: listings, bids, loans, jobs. The one place for
 *  it, beside ledger/postings.ts for the money. Moves the mirror's books along. */
import { assert } from '../../schema/unit.ts'
import type { AtMs, ListingId } from '../../schema/unit.ts'
import type { Event, EventKind } from '../../schema/event.ts'
import type { ListingStatus } from '../../schema/channel.ts'
import type { Batch } from './batch.ts'
import type { EventOf } from './ledger/postings.ts'
import { NOT_COUNTED } from './mirror.ts'
import type { Mirror } from './mirror.ts'

export interface Projection {
  readonly mirror: Mirror
  readonly batch: Batch
  readonly atMs: AtMs
}

const PROJECTIONS: {
  readonly [Kind in EventKind]: (event: EventOf<Kind>, to: Projection) => void
} = {
  Deposited: () => {},
  ListingOpened(event, { mirror, batch, atMs }) {
    const { listingId, amountMinor } = event
    const book = { listingId, amountMinor, fundedMinor: 0, bidCount: 0, touchedAt: NOT_COUNTED }
    mirror.openListing(book)
    batch.newListings.set(listingId, { opened: event, openedAtMs: atMs, ...OPEN })
  },
  BidPlaced(event, { mirror, batch, atMs }) {
    const { bidId, listingId, accountId, acceptedMinor, ratePpm } = event
    mirror.openBid({ bidId, listingId, accountId, acceptedMinor, ratePpm })
    batch.newBids.set(bidId, {
      placed: event,
      placedAtMs: atMs,
      acceptedMinor,
      status: 'open',
      closedAtMs: null,
    })
    noteBook(listingId, mirror, batch)
  },
  BidOutbid({ bidId, listingId, releasedMinor, acceptedMinor }, { mirror, batch, atMs }) {
    if (acceptedMinor > 0) mirror.reduceBid(bidId, releasedMinor, acceptedMinor)
    else mirror.closeBid(bidId, releasedMinor)
    batch.changeBid(bidId, acceptedMinor, acceptedMinor > 0 ? 'open' : 'outbid', atMs)
    noteBook(listingId, mirror, batch)
  },
  BidCancelled({ bidId, listingId, releasedMinor }, { mirror, batch, atMs }) {
    mirror.closeBid(bidId, releasedMinor)
    batch.changeBid(bidId, 0, 'cancelled', atMs)
    noteBook(listingId, mirror, batch)
  },
  ListingAllocated({ listingId, ratePpm, fills }, { mirror, batch, atMs }) {
    const { amountMinor, fundedMinor, bidCount } = mirror.listing(listingId)
    const book = { fundedMinor, bidCount }
    assert(fundedMinor === amountMinor, `listing ${listingId} is covered when allocated`)
    for (const { bidId, amountMinor: wonMinor } of fills) {
      mirror.closeBid(bidId, wonMinor)
      batch.changeBid(bidId, wonMinor, 'won', atMs)
    }
    closeListing(listingId, { mirror, batch, atMs }, book, 'funded', ratePpm)
  },
  LoanDisbursed(event, { batch, atMs }) {
    batch.newLoans.push({ disbursed: event, atMs })
    batch.newJobs.push({ topic: 'build-schedule', payload: { loanId: event.listingId } })
  },
  ListingExpired({ listingId, released }, { mirror, batch, atMs }) {
    const { fundedMinor, bidCount } = mirror.listing(listingId)
    const book = { fundedMinor, bidCount }
    for (const { bidId, amountMinor } of released) {
      mirror.closeBid(bidId, amountMinor)
      batch.changeBid(bidId, 0, 'expired', atMs)
    }
    closeListing(listingId, { mirror, batch, atMs }, book, 'expired', null)
  },
  Refused: () => {},
  Repeated: () => {},
}

export function project(event: Event, to: Projection): void {
  const change = PROJECTIONS[event.kind] as (event: Event, to: Projection) => void
  change(event, to)
}

const OPEN = {
  fundedMinor: 0,
  bidCount: 0,
  status: 'open',
  clearingRatePpm: null,
  closedAtMs: null,
} as const

interface BookSize {
  readonly fundedMinor: number
  readonly bidCount: number
}

function noteBook(listingId: ListingId, mirror: Mirror, batch: Batch): void {
  const { fundedMinor, bidCount } = mirror.listing(listingId)
  batch.changeListing(listingId, { ...OPEN, fundedMinor, bidCount })
}

/** The row keeps what the book held when it closed. */
function closeListing(
  listingId: ListingId,
  { mirror, batch, atMs }: Projection,
  book: BookSize,
  status: ListingStatus,
  clearingRatePpm: number | null,
): void {
  mirror.closeListing(listingId)
  batch.changeListing(listingId, { ...book, status, clearingRatePpm, closedAtMs: atMs })
}
