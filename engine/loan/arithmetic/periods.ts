/** The periods of a loan: from the day on which it bears interest to its last due date, a month each, but for the
 *  first, which may be shorter or longer. */
import { assert } from '../../../schema/unit.ts'
import { monthsAfter } from './calendar.ts'
import type { Day } from './calendar.ts'
import { partsBetween, partsOfMonth, YEAR_PARTS } from './day-count.ts'
import type { DayCount } from './day-count.ts'

export interface Period {
  /** From 1. */
  readonly number: number
  readonly fromDay: Day
  readonly dueDay: Day
  /** Its share of a year, in parts of which `YEAR_PARTS` make the year. */
  readonly parts: bigint
}

export interface PeriodTerms {
  /** The day from which interest runs. */
  readonly valueDay: Day
  /** A month after that unless another was agreed. Its day of the month is the one of all. */
  readonly firstDueDay?: Day
  readonly termMonths: number
  readonly dayCount: DayCount
}

export function periodsOf({
  valueDay,
  firstDueDay = monthsAfter(valueDay, 1),
  termMonths,
  dayCount,
}: PeriodTerms): readonly Period[] {
  assert(Number.isSafeInteger(termMonths) && termMonths > 0, 'a loan has a term')
  assert(firstDueDay > valueDay, 'nothing is due before interest runs')
  // A first period of a month is anchored where it begins: 31 Jan, 28 Feb, 31 Mar.
  const isMonth = firstDueDay === monthsAfter(valueDay, 1)
  const dueDay = (number: number): Day =>
    isMonth ? monthsAfter(valueDay, number) : monthsAfter(firstDueDay, number - 1)
  const periods: Period[] = []
  let fromDay = valueDay
  for (let number = 1; number <= termMonths; number++) {
    const due = dueDay(number)
    const isRegular = number > 1 || isMonth
    const parts = isRegular
      ? partsOfMonth(dayCount, fromDay, due)
      : partsBetween(dayCount, fromDay, due)
    periods.push({ number, fromDay, dueDay: due, parts })
    fromDay = due
  }
  return periods
}

/** The yearly rate as a growth over `parts` of a year: (base + growth) / base. */
export function growthBase(dayCount: DayCount): bigint {
  return 1_000_000n * YEAR_PARTS[dayCount]
}
