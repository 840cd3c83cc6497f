import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_VIEW, SORT_COLUMNS } from '../../web/invest/market/arrange.ts'
import { queryOf, viewOf } from '../../web/invest/market/view-query.ts'
import { FUNDING_MODES, GRADES, LISTING_STATUSES } from '../../web/data/vocabulary.ts'

const views = fc.record({
  sort: fc.constantFrom(...SORT_COLUMNS),
  isDescending: fc.boolean(),
  grades: fc.subarray([...GRADES]),
  termMonths: fc.option(fc.integer({ min: 1, max: 600 })),
  mode: fc.option(fc.constantFrom(...FUNDING_MODES)),
  status: fc.option(fc.constantFrom(...LISTING_STATUSES)),
  ratePpmMin: fc.integer({ min: 0, max: 1_000_000 }),
  number: fc.option(fc.integer({ min: 1, max: 999_999 })).map((id) => (id === null ? '' : `${id}`)),
})

test('whatever view one has, its address leads back to it', () => {
  fc.assert(
    fc.property(views, (view) => {
      const search = new URLSearchParams(queryOf(view) as Record<string, string>)
      expect(viewOf(Object.fromEntries(new URLSearchParams(search.toString())))).toEqual(view)
    }),
  )
})

test('what a newcomer sees has the plain address', () => {
  expect(queryOf(DEFAULT_VIEW)).toEqual({})
  expect(viewOf({})).toEqual(DEFAULT_VIEW)
})

test('what makes no sense in an address is as if it were not there', () => {
  const nonsense = {
    sort: 'beauty.up',
    grade: 'A.Z',
    term: '-3',
    mode: 'dutch',
    status: 'gone',
    rate: 'abc',
    number: '1; drop',
  }
  expect(viewOf(nonsense)).toEqual({ ...DEFAULT_VIEW, grades: ['A'] })
  expect(viewOf({ grade: ['A', 'B'] })).toEqual(DEFAULT_VIEW)
})
