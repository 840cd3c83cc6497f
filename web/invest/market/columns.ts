/** The columns of the market list, in the order they are read. */
import { t } from '../words/index.ts'
import type { SortColumn } from './arrange.ts'

export interface Column {
  readonly name: SortColumn | 'mode'
  readonly isNumber: boolean
}

export const COLUMNS: readonly Column[] = [
  { name: 'listing', isNumber: false },
  { name: 'grade', isNumber: false },
  { name: 'rate', isNumber: true },
  { name: 'term', isNumber: true },
  { name: 'amount', isNumber: true },
  { name: 'progress', isNumber: false },
  { name: 'timeLeft', isNumber: true },
  { name: 'bids', isNumber: true },
  { name: 'mode', isNumber: false },
]

export function columnName(column: Column['name']): string {
  return column === 'rate' ? t.value.market.rateColumn : t.value.market[column]
}
