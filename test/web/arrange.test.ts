import { expect, test } from 'vitest'
import { arrange, DEFAULT_VIEW, isFiltered } from '../../web/invest/market/arrange.ts'
import type { View } from '../../web/invest/market/arrange.ts'
import { listing } from './market-rows.ts'

const rows = [
  listing({ listingId: 1, grade: 'A', ratePpm: 60_000, clearingRatePpm: 60_000, closesAtMs: 30 }),
  listing({ listingId: 2, grade: 'C', termMonths: 60, fundedMinor: 500_000, closesAtMs: 10 }),
  listing({ listingId: 12, grade: 'C', mode: 'uniform-auction', closesAtMs: 20 }),
  listing({ listingId: 4, status: 'funded', closesAtMs: 5 }),
]
const order = (view: Partial<View>): number[] =>
  arrange(rows, { ...DEFAULT_VIEW, ...view }).map((row) => row.listingId)

test('a newcomer sees what is open, newest first', () => {
  expect(order({})).toEqual([12, 2, 1])
})

test('rows that are equal keep the order of their numbers, whichever way one sorts', () => {
  expect(order({ sort: 'grade', isDescending: false })).toEqual([1, 2, 12])
  expect(order({ sort: 'grade', isDescending: true })).toEqual([2, 12, 1])
})

test.each<[string, Partial<View>, number[]]>([
  ['grades', { grades: ['A'] }, [1]],
  ['term', { termMonths: 60 }, [2]],
  ['mode', { mode: 'uniform-auction' }, [12]],
  ['rate', { ratePpmMin: 100_000 }, [12, 2]],
  ['status', { status: 'funded' }, [4]],
  ['any status', { status: null }, [12, 4, 2, 1]],
])('filtering by %s', (_name, view, expected) => {
  expect(order(view)).toEqual(expected)
})

test('a number is looked for in the whole market, whatever else is filtered', () => {
  expect(order({ number: '4', grades: ['A'] })).toEqual([4])
  expect(order({ number: '1' })).toEqual([12, 1])
})

test('sorting is not filtering', () => {
  expect(isFiltered({ ...DEFAULT_VIEW, sort: 'rate', isDescending: true })).toBe(false)
  expect(isFiltered({ ...DEFAULT_VIEW, grades: ['A'] })).toBe(true)
})
