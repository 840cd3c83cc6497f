/** The market's view as it stands in the address: what is as at first is left out, and what makes no sense is
 *  as at first. A view can be sent to someone else. */
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { FUNDING_MODES, GRADES, LISTING_STATUSES } from '../../data/vocabulary.ts'
import { plainRate } from '../../i18n/format.ts'
import { readRate, valueOf } from '../../i18n/read-number.ts'
import { DEFAULT_VIEW, SORT_COLUMNS } from './arrange.ts'
import type { View } from './arrange.ts'

const ANY = 'any'
const MONTHS_MAX = 600

export function viewOf(query: LocationQuery): View {
  const text = (name: string): string => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const [sort, way] = text('sort').split('.')
  const column = SORT_COLUMNS.find((one) => one === sort)
  const status = text('status')
  const months = Number(text('term'))
  const isMonths = Number.isInteger(months) && months > 0 && months <= MONTHS_MAX
  return {
    sort: column ?? DEFAULT_VIEW.sort,
    isDescending: column === undefined ? DEFAULT_VIEW.isDescending : way === 'down',
    grades: GRADES.filter((grade) => text('grade').split('.').includes(grade)),
    termMonths: isMonths ? months : null,
    mode: FUNDING_MODES.find((mode) => mode === text('mode')) ?? null,
    status:
      status === ANY
        ? null
        : (LISTING_STATUSES.find((one) => one === status) ?? DEFAULT_VIEW.status),
    ratePpmMin: valueOf(readRate(text('rate'))) ?? 0,
    number: /^\d{1,15}$/.test(text('number')) ? text('number') : '',
  }
}

export function queryOf(view: View): LocationQueryRaw {
  const { sort, isDescending, grades, termMonths, mode, status, ratePpmMin, number } = view
  const isOrdered = sort !== DEFAULT_VIEW.sort || isDescending !== DEFAULT_VIEW.isDescending
  return {
    ...(isOrdered ? { sort: `${sort}.${isDescending ? 'down' : 'up'}` } : {}),
    ...(grades.length > 0 ? { grade: grades.join('.') } : {}),
    ...(termMonths === null ? {} : { term: String(termMonths) }),
    ...(mode === null ? {} : { mode }),
    ...(status === DEFAULT_VIEW.status ? {} : { status: status ?? ANY }),
    ...(ratePpmMin === 0 ? {} : { rate: plainRate(ratePpmMin) }),
    ...(number === '' ? {} : { number }),
  }
}
