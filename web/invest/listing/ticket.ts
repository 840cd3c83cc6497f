/** What a bid would do, worked out before it is sent. The engine decides; these are its own rules, so
 *  that a refusal is seen while typing and not after. */
import { isAuction } from '../../data/vocabulary.ts'
import type { BookLevel, FundingMode, ListingStatus, RejectCode } from '../../data/vocabulary.ts'

export interface TicketTerms {
  readonly mode: FundingMode
  readonly status: ListingStatus
  readonly amountMinor: number
  readonly fundedMinor: number
  /** The fixed rate, or the ceiling of an auction. */
  readonly ratePpm: number
  readonly minBidMinor: number
}

export interface Ticket {
  /** null: not a number yet. */
  readonly amountMinor: number | null
  readonly ratePpm: number | null
}

export interface Fault {
  readonly field: 'amount' | 'rate'
  readonly code: RejectCode | 'amount-missing' | 'rate-missing'
}

/** How much a bid at this rate could still get: in an auction, what worse bids hold counts as room; of a window that is
 *  shared out at its end it is taken in whole. */
export function roomMinor(
  terms: TicketTerms,
  levels: readonly BookLevel[],
  ratePpm: number,
): number {
  if (terms.mode === 'pro-rata') return terms.amountMinor
  if (!isAuction(terms.mode)) return terms.amountMinor - terms.fundedMinor
  let taken = 0
  for (const [rate, amountMinor] of levels) if (rate <= ratePpm) taken += amountMinor
  return Math.max(0, terms.amountMinor - taken)
}

/** What would be held: never more than there is room for. */
export function heldMinor(
  terms: TicketTerms,
  levels: readonly BookLevel[],
  ticket: Ticket,
): number | null {
  if (ticket.amountMinor === null || ticket.ratePpm === null) return null
  return Math.min(ticket.amountMinor, roomMinor(terms, levels, ticket.ratePpm))
}

/** The first thing that is wrong with a ticket, in the engine's order; null when it may be sent.
 *
 *  @param availableMinor null while one's cash is not known: then it is left to the engine */
export function faultOf(
  terms: TicketTerms,
  levels: readonly BookLevel[],
  ticket: Ticket,
  availableMinor: number | null,
): Fault | null {
  const { amountMinor, ratePpm } = ticket
  if (terms.status !== 'open') return { field: 'amount', code: 'listing-closed' }
  if (amountMinor === null || amountMinor === 0) return { field: 'amount', code: 'amount-missing' }
  if (ratePpm === null) return { field: 'rate', code: 'rate-missing' }
  if (ratePpm > terms.ratePpm) return { field: 'rate', code: 'rate-above-ceiling' }
  const room = roomMinor(terms, levels, ratePpm)
  const code = amountFault(terms, amountMinor, room)
  if (code !== null) return { field: code === 'rate-not-competitive' ? 'rate' : 'amount', code }
  if (availableMinor !== null && Math.min(amountMinor, room) > availableMinor)
    return { field: 'amount', code: 'insufficient-funds' }
  return null
}

/** What is left open is nothing or can be bid for, but where everybody is taken in until the end. */
function amountFault(terms: TicketTerms, amountMinor: number, room: number): RejectCode | null {
  const { mode, minBidMinor } = terms
  if (room === 0) return isAuction(mode) ? 'rate-not-competitive' : 'listing-closed'
  if (amountMinor < minBidMinor) return 'bid-below-minimum'
  const remainderMinor = terms.amountMinor - terms.fundedMinor - amountMinor
  const isTooLittle = remainderMinor > 0 && remainderMinor < minBidMinor
  return mode !== 'pro-rata' && isTooLittle ? 'remainder-below-minimum' : null
}
