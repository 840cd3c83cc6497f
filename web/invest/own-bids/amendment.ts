/** What new terms would do to one's own open bid, worked out before they are sent, by the engine's own
 *  rules. A smaller amount at the same rate keeps its place and only gives back what is too much;
 *  anything else is judged as a new bid would be if this one were not there. */
import type { BidRow, BookLevel, Minor } from '../../data/vocabulary.ts'
import { faultOf, heldMinor, roomMinor } from '../listing/ticket.ts'
import type { Fault, Ticket, TicketTerms } from '../listing/ticket.ts'

export type StandingBid = Pick<BidRow, 'amountMinor' | 'acceptedMinor' | 'ratePpm' | 'status'>

export interface Amendment {
  /** What would be in the book. */
  readonly acceptedMinor: number
  /** Of these two one at least is 0. */
  readonly heldMinor: number
  readonly releasedMinor: number
  readonly isPlaceKept: boolean
  /** With a new place: what is bid by others at this rate or a lower one, and so comes first. */
  readonly aheadMinor: number
  /** Nothing would be left to fund. */
  readonly isCovering: boolean
}

export interface AmendFault {
  readonly field: Fault['field']
  readonly code: Fault['code'] | 'bid-closed' | 'unchanged'
}

/** null while amount or rate are not numbers. */
export function amendmentOf(
  terms: TicketTerms,
  levels: readonly BookLevel[],
  bid: StandingBid,
  ticket: Ticket,
): Amendment | null {
  const { amountMinor, ratePpm } = ticket
  if (amountMinor === null || ratePpm === null) return null
  const isPlaceKept = keepsPlace(bid, ticket)
  const others = withoutBid(terms, levels, bid)
  const acceptedMinor = isPlaceKept
    ? Math.min(amountMinor, bid.acceptedMinor)
    : (heldMinor(others.terms, others.levels, ticket) ?? 0)
  return {
    acceptedMinor,
    heldMinor: Math.max(0, acceptedMinor - bid.acceptedMinor),
    releasedMinor: Math.max(0, bid.acceptedMinor - acceptedMinor),
    isPlaceKept,
    aheadMinor: Math.max(0, terms.amountMinor - roomMinor(others.terms, others.levels, ratePpm)),
    isCovering: others.terms.fundedMinor + acceptedMinor >= terms.amountMinor,
  }
}

/** The first thing that is wrong, in the engine's order; null when it may be sent.
 *
 *  @param availableMinor null while one's cash is not known: then it is left to the engine */
export function amendFaultOf(
  terms: TicketTerms,
  levels: readonly BookLevel[],
  bid: StandingBid,
  ticket: Ticket,
  availableMinor: number | null,
): AmendFault | null {
  if (terms.status !== 'open' || bid.status !== 'open')
    return { field: 'amount', code: 'bid-closed' }
  if (!keepsPlace(bid, ticket)) {
    const others = withoutBid(terms, levels, bid)
    // What the bid holds already pays for what it is to hold.
    const payableMinor = availableMinor === null ? null : availableMinor + bid.acceptedMinor
    return faultOf(others.terms, others.levels, ticket, payableMinor)
  }
  const { amountMinor } = ticket
  if (amountMinor === null || amountMinor === 0) return { field: 'amount', code: 'amount-missing' }
  if (amountMinor < terms.minBidMinor) return { field: 'amount', code: 'bid-below-minimum' }
  if (amountMinor === bid.amountMinor) return { field: 'amount', code: 'unchanged' }
  const releasedMinor = Math.max(0, bid.acceptedMinor - amountMinor)
  const openMinor = terms.amountMinor - terms.fundedMinor + releasedMinor
  const isTooLittle = releasedMinor > 0 && openMinor > 0 && openMinor < terms.minBidMinor
  return isTooLittle ? { field: 'amount', code: 'remainder-below-minimum' } : null
}

/** How much the bid could have in the book at a rate, what it has included. */
export function amendRoomMinor(
  terms: TicketTerms,
  levels: readonly BookLevel[],
  bid: StandingBid,
  ratePpm: number,
): number {
  const others = withoutBid(terms, levels, bid)
  return roomMinor(others.terms, others.levels, ratePpm)
}

function keepsPlace(bid: StandingBid, { amountMinor, ratePpm }: Ticket): boolean {
  return ratePpm === bid.ratePpm && (amountMinor ?? 0) <= bid.amountMinor
}

/** The book as if the bid were not in it. Bid and book are told on channels of their own, and while one
 *  is a moment ahead of the other nothing may become negative. */
function withoutBid(
  terms: TicketTerms,
  levels: readonly BookLevel[],
  { acceptedMinor, ratePpm }: StandingBid,
): { readonly terms: TicketTerms; readonly levels: readonly BookLevel[] } {
  const less = (minor: number): number => Math.max(0, minor - acceptedMinor)
  return {
    terms: { ...terms, fundedMinor: less(terms.fundedMinor) },
    levels: levels.map(([rate, amountMinor, bids]) =>
      rate === ratePpm ? [rate, less(amountMinor) as Minor, bids - 1] : [rate, amountMinor, bids],
    ),
  }
}
