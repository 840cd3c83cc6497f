/** Interest that a running period has earned by a day, before it is due. */
import { assert } from '../../../schema/unit.ts'
import type { Day } from './calendar.ts'
import { partsBetween } from './day-count.ts'
import type { DayCount } from './day-count.ts'

export interface RunningPeriod {
  readonly fromDay: Day
  readonly dueDay: Day
  /** What all of it comes to. */
  readonly interestMinor: number
}

/** Its first day counts, the day itself does not (算头不算尾); rounded down, so that what is left to earn is never less
 *  than nothing. On the due day and later it is the whole. */
export function accruedMinor(
  { fromDay, dueDay, interestMinor }: RunningPeriod,
  onDay: Day,
  dayCount: DayCount,
): number {
  assert(onDay >= fromDay, 'a period earns nothing before it begins')
  if (onDay >= dueDay) return interestMinor
  const whole = partsBetween(dayCount, fromDay, dueDay)
  const passed = partsBetween(dayCount, fromDay, onDay)
  // Between a 30th and a 31st no time passes by 30/360.
  return passed >= whole ? interestMinor : Number((BigInt(interestMinor) * passed) / whole)
}
