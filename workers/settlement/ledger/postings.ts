/** What each event does to the ledger, from the postings of each area. */
import type { Event, EventKind } from '../../../schema/event.ts'
import { CASH_POSTINGS } from '../../cash/postings.ts'
import { LOAN_POSTINGS } from '../../loan/postings.ts'
import { MARKET_POSTINGS } from '../../market/postings.ts'
import { NO_TRANSFERS } from './transfer.ts'
import type { Postings, Transfer } from './transfer.ts'

const POSTINGS: Postings<EventKind> = {
  ...CASH_POSTINGS,
  ...MARKET_POSTINGS,
  ...LOAN_POSTINGS,
  Refused: () => NO_TRANSFERS,
  Repeated: () => NO_TRANSFERS,
}

export function postingsOf(event: Event): readonly Transfer[] {
  const post = POSTINGS[event.kind] as (event: Event) => readonly Transfer[]
  return post(event)
}
