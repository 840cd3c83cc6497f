/** Which listings are shown and in what order. Pure, so that it can be told and tested as a table. */
import type { Grade, FundingMode, ListingStatus, ListingRow } from '../../data/vocabulary.ts'

export const SORT_COLUMNS = [
  'listing',
  'grade',
  'rate',
  'term',
  'amount',
  'progress',
  'timeLeft',
  'bids',
] as const
export type SortColumn = (typeof SORT_COLUMNS)[number]

export interface View {
  readonly sort: SortColumn
  readonly isDescending: boolean
  /** Empty: all grades. */
  readonly grades: readonly Grade[]
  /** null: any. */
  readonly termMonths: number | null
  readonly mode: FundingMode | null
  readonly status: ListingStatus | null
  readonly ratePpmMin: number
  /** The beginning of a listing's number; empty for all. */
  readonly number: string
}

/** Newest first: there is time to read them, and the order is the same a minute later. */
export const DEFAULT_VIEW: View = {
  sort: 'listing',
  isDescending: true,
  grades: [],
  termMonths: null,
  mode: null,
  status: 'open',
  ratePpmMin: 0,
  number: '',
}

/** Whether anything but the order differs from what a newcomer sees. */
export function isFiltered(view: View): boolean {
  const { sort, isDescending } = view
  return JSON.stringify(view) !== JSON.stringify({ ...DEFAULT_VIEW, sort, isDescending })
}

/** The listings that fit the view, in its order; equals come in order of their number. */
export function arrange<Row extends ListingRow>(rows: Iterable<Row>, view: View): Row[] {
  const shown = [...rows].filter((row) => fits(row, view))
  const sign = view.isDescending ? -1 : 1
  const value = SORT_VALUES[view.sort]
  return shown.sort((a, b) => sign * (value(a) - value(b)) || a.listingId - b.listingId)
}

function fits(row: ListingRow, view: View): boolean {
  if (view.number !== '') return String(row.listingId).startsWith(view.number)
  if (view.status !== null && row.status !== view.status) return false
  if (view.mode !== null && row.mode !== view.mode) return false
  if (view.termMonths !== null && row.termMonths !== view.termMonths) return false
  if (row.ratePpm < view.ratePpmMin) return false
  return view.grades.length === 0 || view.grades.includes(row.grade)
}

const SORT_VALUES: Record<SortColumn, (row: ListingRow) => number> = {
  listing: (row) => row.listingId,
  grade: (row) => row.grade.charCodeAt(0),
  rate: (row) => row.clearingRatePpm,
  term: (row) => row.termMonths,
  amount: (row) => row.amountMinor,
  progress: (row) => row.fundedMinor / row.amountMinor,
  timeLeft: (row) => row.closesAtMs,
  bids: (row) => row.bidCount,
}
