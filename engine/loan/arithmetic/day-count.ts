/** What part of a year lies between two days: ISDA 2006, section 4.16, without the rules for the month's end that
 *  bonds have and loans do not. */
import { assert } from '../../../schema/unit.ts'
import { isLeap, newYear, partsOf } from './calendar.ts'
import type { Day } from './calendar.ts'

export const DAY_COUNTS = ['30/360', 'ACT/365F', 'ACT/360', 'ACT/ACT'] as const
export type DayCount = (typeof DAY_COUNTS)[number]

/** Into how many parts each way of counting divides the year; under ACT/ACT a day of a leap year is another part than
 *  one of a common year. */
export const YEAR_PARTS: Readonly<Record<DayCount, bigint>> = {
  '30/360': 360n,
  'ACT/365F': 365n,
  'ACT/360': 360n,
  'ACT/ACT': 365n * 366n,
}

/** From `from` on, without `to` (算头不算尾), in parts of the year. */
export function partsBetween(dayCount: DayCount, from: Day, to: Day): bigint {
  assert(from <= to, 'time runs forward')
  switch (dayCount) {
    case '30/360':
      return thirties(from, to)
    case 'ACT/365F':
    case 'ACT/360':
      return BigInt(to - from)
    case 'ACT/ACT':
      return actual(from, to)
  }
}

/** A whole month of a product that is repaid monthly. By 30/360 each is a twelfth of the year, whichever it is and
 *  however its end was clamped. */
export function partsOfMonth(dayCount: DayCount, from: Day, to: Day): bigint {
  return dayCount === '30/360' ? 30n : partsBetween(dayCount, from, to)
}

/** 30E/360: a 31st counts as a 30th. */
function thirties(from: Day, to: Day): bigint {
  const a = partsOf(from)
  const b = partsOf(to)
  const months = (b.year - a.year) * 12 + b.month - a.month
  return BigInt(months * 30 + Math.min(b.day, 30) - Math.min(a.day, 30))
}

function actual(from: Day, to: Day): bigint {
  let parts = 0n
  for (let day = from; day < to;) {
    const { year } = partsOf(day)
    const end = Math.min(to, newYear(year + 1))
    parts += BigInt(end - day) * (isLeap(year) ? 365n : 366n)
    day = end
  }
  return parts
}
