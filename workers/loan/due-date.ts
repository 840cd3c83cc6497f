/** When the instalments of a loan fall due: on the day of the month on which it was disbursed, in
 *  UTC. A month without that day takes its last one, and the next goes back to the anchor:
 *  31 Jan, 28 Feb, 31 Mar. */
import { assert } from '../../schema/unit.ts'

/** `YYYY-MM-DD` of instalment `number`, counting from 1. */
export function dueOn(disbursedAt: Date, number: number): string {
  assert(Number.isSafeInteger(number) && number > 0, `${number} is not an instalment`)
  const months = disbursedAt.getUTCFullYear() * 12 + disbursedAt.getUTCMonth() + number
  const year = Math.floor(months / 12)
  const month = months % 12
  const day = Math.min(disbursedAt.getUTCDate(), daysIn(year, month))
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10)
}

/** `month` counts from 0. */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
}
