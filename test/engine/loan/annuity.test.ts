import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { annuitySchedule } from '../../../engine/index.ts'
import { AMOUNT_MINOR_MAX, RATE_PPM_MAX, TERM_MONTHS_MAX } from '../../../schema/index.ts'
import { holds } from '../seed.ts'

test('10,000 at 12 % over 12 months: 888.49 a month, 661.86 of interest', () => {
  const { instalmentMinor, instalments } = annuitySchedule({
    principalMinor: 1_000_000,
    ratePpm: 120_000,
    termMonths: 12,
  })
  expect(instalmentMinor).toBe(88_849)
  expect(instalments[0]).toEqual({ number: 1, principalMinor: 78_849, interestMinor: 10_000 })
  expect(instalments[11]).toEqual({ number: 12, principalMinor: 87_967, interestMinor: 880 })
  expect(instalments.reduce((sum, one) => sum + one.interestMinor, 0)).toBe(66_186)
})

test('100,000 at 12 % over 12 months: 8,884.88 a month, 6,618.53 of interest', () => {
  const { instalmentMinor, instalments } = annuitySchedule({
    principalMinor: 10_000_000,
    ratePpm: 120_000,
    termMonths: 12,
  })
  expect(instalmentMinor).toBe(888_488)
  expect(instalments[11]).toEqual({ number: 12, principalMinor: 879_688, interestMinor: 8_797 })
  expect(instalments.reduce((sum, one) => sum + one.interestMinor, 0)).toBe(661_853)
})

test('without interest the principal is split evenly, rounded up, the rest at the end', () => {
  const { instalmentMinor, instalments } = annuitySchedule({
    principalMinor: 1_000,
    ratePpm: 0,
    termMonths: 3,
  })
  expect(instalmentMinor).toBe(334)
  expect(instalments.map((one) => one.principalMinor)).toEqual([334, 334, 332])
})

/** Columns: amount in cents, rate in ppm, months, instalment in cents. Lines with # tell the source. */
const FACTS = readFileSync(new URL('./lendingclub-instalments.csv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .slice(1)
  .map((line) => line.split(',').map(Number))

/** The only two of 8,000 that the formula misses: the lender had modified their terms. */
const MODIFIED = [
  [800_000, 60_000, 36, 24_335],
  [2_800_000, 60_000, 36, 83_093],
]

test('298 of 300 real instalments are met to the cent; the other two loans were modified', () => {
  const missed = FACTS.filter(([principalMinor = 0, ratePpm = 0, termMonths = 0, paid]) => {
    return annuitySchedule({ principalMinor, ratePpm, termMonths }).instalmentMinor !== paid
  })
  expect(FACTS).toHaveLength(300)
  expect(missed).toEqual(MODIFIED)
})

test('principal parts sum to the principal, and every instalment but the last is the same', () => {
  holds(
    300,
    fc.property(
      fc.integer({ min: 1, max: AMOUNT_MINOR_MAX }),
      fc.integer({ min: 0, max: RATE_PPM_MAX }),
      fc.integer({ min: 1, max: TERM_MONTHS_MAX }),
      (principalMinor, ratePpm, termMonths) => {
        const schedule = annuitySchedule({ principalMinor, ratePpm, termMonths })
        const { instalmentMinor, instalments } = schedule
        expect(instalments.map((one) => one.number)).toEqual(
          Array.from({ length: termMonths }, (_, index) => index + 1),
        )
        expect(instalments.reduce((sum, one) => sum + one.principalMinor, 0)).toBe(principalMinor)
        const untilRepaid = instalments.filter((one) => one.principalMinor + one.interestMinor > 0)
        const due = untilRepaid.map((one) => one.principalMinor + one.interestMinor).slice(0, -1)
        expect(due.filter((dueMinor) => dueMinor !== instalmentMinor)).toEqual([])
        expect(Math.min(...instalments.map((one) => one.principalMinor))).toBeGreaterThanOrEqual(0)
      },
    ),
  )
})
