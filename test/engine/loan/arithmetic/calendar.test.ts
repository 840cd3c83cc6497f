import { expect, test } from 'vitest'
import { dateOf, dayAt, dayOf, monthsAfter } from '../../../../engine/loan/arithmetic/calendar.ts'

const dates = (disbursed: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    dateOf(monthsAfter(dayAt(Date.parse(disbursed)), index + 1)),
  )

test('a loan of the 31st falls due on the last day of a shorter month, and on the 31st again after', () => {
  expect(dates('2026-01-31T10:00:00Z', 4)).toEqual([
    '2026-02-28',
    '2026-03-31',
    '2026-04-30',
    '2026-05-31',
  ])
})

test('February of a leap year has its 29th', () => {
  expect(dates('2027-12-30T00:00:00Z', 3)).toEqual(['2028-01-30', '2028-02-29', '2028-03-30'])
})

test('the day is that of UTC, and a year ends where it should', () => {
  expect(dates('2026-11-15T23:59:59.999Z', 2)).toEqual(['2026-12-15', '2027-01-15'])
})

test('a day is written as a date and read back, and what is no date is refused', () => {
  expect(dayOf('1970-01-02')).toBe(1)
  expect(dateOf(dayOf('2024-02-29'))).toBe('2024-02-29')
  for (const wrong of ['2023-02-29', '2024-13-01', '24-01-01', 'soon'])
    expect(() => dayOf(wrong)).toThrow('is not a date')
})
