/** What of a queue is shown, as it stands in the address. */
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

export interface QueueColumn<Row> {
  /** Its name in the address and in the file. */
  readonly name: string
  readonly head: string
  /** What it is ordered and filtered by, and what stands in the file. */
  readonly value: (row: Row) => string | number
  /** As people read it; `value` where that is missing. */
  readonly shown?: (row: Row) => string
  readonly isNumber?: boolean
  /** What it can be narrowed to. */
  readonly choices?: readonly { readonly value: string; readonly words: string }[]
}

export interface QueueState {
  readonly text: string
  readonly filters: Readonly<Record<string, string>>
  readonly sort: string
  readonly isDescending: boolean
  /** From 1. */
  readonly page: number
}

const PAGES_MAX = 10_000

/** What makes no sense in an address is as if it were not there. */
export function queueStateOf(
  query: LocationQuery,
  columns: readonly Pick<QueueColumn<never>, 'name' | 'choices'>[],
  first: Pick<QueueState, 'sort' | 'isDescending'>,
): QueueState {
  const text = (name: string): string => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const [sort, way] = text('sort').split('.')
  const isKnown = columns.some(({ name }) => name === sort)
  const page = Number(text('page'))
  const filters: Record<string, string> = {}
  for (const { name, choices } of columns)
    if (choices?.some(({ value }) => value === text(name)) === true) filters[name] = text(name)
  return {
    text: text('q'),
    filters,
    sort: isKnown && sort !== undefined ? sort : first.sort,
    isDescending: isKnown ? way === 'down' : first.isDescending,
    page: Number.isInteger(page) && page > 0 && page <= PAGES_MAX ? page : 1,
  }
}

export function queueQueryOf(
  { text, filters, sort, isDescending, page }: QueueState,
  first: Pick<QueueState, 'sort' | 'isDescending'>,
): LocationQueryRaw {
  const isOrdered = sort !== first.sort || isDescending !== first.isDescending
  return {
    ...(text === '' ? {} : { q: text }),
    ...filters,
    ...(isOrdered ? { sort: `${sort}.${isDescending ? 'down' : 'up'}` } : {}),
    ...(page === 1 ? {} : { page: String(page) }),
  }
}
