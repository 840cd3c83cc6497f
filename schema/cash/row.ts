/** What an account's cash is shown as. */
import { minorUnits } from '../declare/field.ts'
import { row } from '../declare/shape.ts'
import type { Said } from '../declare/shape.ts'

export const CASH_FIELDS = {
  availableMinor: minorUnits('What can be bid with.'),
  heldMinor: minorUnits('What open bids hold.'),
} as const

export const cashRow = row('CashRow', 'The cash of one account.', CASH_FIELDS)
export type CashRow = Said<typeof cashRow>
