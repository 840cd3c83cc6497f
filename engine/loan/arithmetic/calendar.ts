/** Days without a clock: a day is a whole number, 0 for 1 January 1970. */
import { assert } from '../../../schema/unit.ts'

const DAY_MS = 86_400_000
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/

/** A day's number. */
export type Day = number

/** `2024-02-29` → 19782. Throws for what is no date. */
export function dayOf(date: string): Day {
  const [, year = '', month = '', day = ''] = DATE.exec(date) ?? []
  const found = dayFrom(Number(year), Number(month) - 1, Number(day))
  assert(dateOf(found) === date, `${date} is not a date`)
  return found
}

/** 19782 → `2024-02-29`. */
export function dateOf(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** The day of a moment in UTC. */
export function dayAt(atMs: number): Day {
  return Math.floor(atMs / DAY_MS)
}

interface Parts {
  readonly year: number
  /** From 0. */
  readonly month: number
  /** Of the month, from 1. */
  readonly day: number
}

export function partsOf(day: Day): Parts {
  const at = new Date(day * DAY_MS)
  return { year: at.getUTCFullYear(), month: at.getUTCMonth(), day: at.getUTCDate() }
}

/** The same day of the month, `months` later. A month without it gives its last day, and the anchor stays what it
 *  was: 31 Jan, 28 Feb, 31 Mar. */
export function monthsAfter(anchor: Day, months: number): Day {
  const { year, month, day } = partsOf(anchor)
  const place = year * 12 + month + months
  const inYear = Math.floor(place / 12)
  const inMonth = place % 12
  return dayFrom(inYear, inMonth, Math.min(day, daysIn(inYear, inMonth)))
}

export function isLeap(year: number): boolean {
  return daysIn(year, 1) === 29
}

/** The first day of a year. */
export function newYear(year: number): Day {
  return dayFrom(year, 0, 1)
}

function dayFrom(year: number, month: number, day: number): Day {
  return Date.UTC(year, month, day) / DAY_MS
}

/** `month` from 0. */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
}
