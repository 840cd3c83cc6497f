/** What each event does to the rows that people read, from the row changes of each area: beside
 *  ledger/postings.ts, which is for the money. */
import type { Event, EventKind } from '../../schema/event.ts'
import { CASH_ROWS } from '../cash/rows.ts'
import { LOAN_ROWS } from '../loan/rows.ts'
import { MARKET_ROWS } from '../market/rows.ts'
import type { Projection, RowChanges } from './projection.ts'

const ROW_CHANGES: RowChanges<EventKind> = {
  ...CASH_ROWS,
  ...MARKET_ROWS,
  ...LOAN_ROWS,
  Refused: () => {},
  Repeated: () => {},
}

export function changeRows(event: Event, to: Projection): void {
  const change = ROW_CHANGES[event.kind] as (event: Event, to: Projection) => void
  change(event, to)
}
