import type { RowChanges } from '../settlement/projection.ts'

export const CASH_ROWS: RowChanges<'Deposited'> = {
  // Cash has no rows but the ledger's own.
  Deposited: () => {},
}
