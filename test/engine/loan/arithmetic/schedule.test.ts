import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateOf, dayOf } from '../../../../engine/loan/arithmetic/calendar.ts'
import { DAY_COUNTS, YEAR_PARTS } from '../../../../engine/loan/arithmetic/day-count.ts'
import { periodsOf } from '../../../../engine/loan/arithmetic/periods.ts'
import { ROUNDINGS } from '../../../../engine/loan/arithmetic/rational.ts'
import { REPAYMENT_METHODS, scheduleOf } from '../../../../engine/loan/arithmetic/schedule.ts'
import type { Instalment, LoanTerms } from '../../../../engine/loan/arithmetic/schedule.ts'
import { AMOUNT_MINOR_MAX, RATE_PPM_MAX, TERM_MONTHS_MAX } from '../../../../schema/index.ts'
import { holds } from '../../seed.ts'

const USUAL = {
  method: 'annuity',
  rounding: 'half-up',
  unitMinor: 1,
  dayCount: '30/360',
  valueDay: dayOf('2024-01-01'),
} as const

type Asked = Partial<LoanTerms> & Pick<LoanTerms, 'principalMinor' | 'ratePpm' | 'termMonths'>

const schedule = (asked: Asked) => scheduleOf({ ...USUAL, ...asked })
const rows = (asked: Asked): string[] =>
  schedule(asked).instalments.map((row) => `${row.principalMinor}+${row.interestMinor}`)
const sum = (instalments: readonly Instalment[], part: 'principalMinor' | 'interestMinor') =>
  instalments.reduce((total, row) => total + row[part], 0)

test('200,000.00 at 6 % over 360 months: 1,199.10 half up, 1,199.11 up, and both repay it to the cent', () => {
  const loan = { principalMinor: 20_000_000, ratePpm: 60_000, termMonths: 360 }
  for (const [rounding, instalmentMinor] of [
    ['half-up', 119_910],
    ['up', 119_911],
  ] as const) {
    const found = schedule({ ...loan, rounding })
    expect(found.instalmentMinor).toBe(instalmentMinor)
    expect(sum(found.instalments, 'principalMinor')).toBe(20_000_000)
  }
})

test('10,000.00 at 12 % over 12 months: 888.49 a month, 661.86 of interest', () => {
  const { instalmentMinor, instalments } = schedule({
    principalMinor: 1_000_000,
    ratePpm: 120_000,
    termMonths: 12,
    rounding: 'up',
  })
  expect(instalmentMinor).toBe(88_849)
  expect(instalments[0]).toMatchObject({ principalMinor: 78_849, interestMinor: 10_000 })
  expect(instalments[11]).toMatchObject({ principalMinor: 87_967, interestMinor: 880 })
  expect(sum(instalments, 'interestMinor')).toBe(66_186)
})

test('1,000 units without interest over three months are 1,000 units', () => {
  const loan = { principalMinor: 1_000, ratePpm: 0, termMonths: 3 }
  expect(rows({ ...loan, rounding: 'up' })).toEqual(['334+0', '334+0', '332+0'])
  expect(rows({ ...loan, rounding: 'half-up' })).toEqual(['333+0', '333+0', '334+0'])
})

test('130.00 at 20 % over 12 months: twelve rows of 12.04, none of them empty', () => {
  const { instalments } = schedule({ principalMinor: 13_000, ratePpm: 200_000, termMonths: 12 })
  const due = instalments.map((row) => row.principalMinor + row.interestMinor)
  expect(due).toEqual([...Array.from({ length: 11 }, () => 1_204), 1_207])
})

/** A published expectation has 1.41 as the last interest. It is what is missing to the level payment, not what the
 *  balance earns: 170.14 × 10 % × 30/365 = 1.3984. So the last payment is 171.54, a cent less than the others. */
test('a level payment over months of different days, to the cent but one that was published wrong', () => {
  const { instalments } = schedule({
    principalMinor: 100_000,
    ratePpm: 100_000,
    termMonths: 6,
    dayCount: 'ACT/365F',
    firstDueDay: dayOf('2024-02-01'),
  })
  expect(instalments.map((row) => row.interestMinor)).toEqual([849, 665, 571, 416, 288, 140])
  expect(instalments.map((row) => row.principalMinor)).toEqual([
    16_306, 16_490, 16_584, 16_739, 16_867, 17_014,
  ])
})

test('due dates keep to their day of the month, and take the last day of a month without it', () => {
  const dates = (valueDay: string, firstDueDay?: string): string[] =>
    schedule({
      principalMinor: 1_000,
      ratePpm: 0,
      termMonths: 4,
      valueDay: dayOf(valueDay),
      ...(firstDueDay === undefined ? {} : { firstDueDay: dayOf(firstDueDay) }),
    }).instalments.map(({ dueDay }) => dateOf(dueDay))
  expect(dates('2023-01-10', '2023-01-31')).toEqual([
    '2023-01-31',
    '2023-02-28',
    '2023-03-31',
    '2023-04-30',
  ])
  expect(dates('2023-12-31')).toEqual(['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30'])
})

/** An instalment of 2 where 1.1 would do repays all in half the time: then nothing is due any more, and the schedule
 *  ends. That is the rule of the product that rounds up; rounded half up each month has its coin. */
test('10 coins at 21.36 % over 10 months: a coin each month, or rounded up two until nothing is left', () => {
  const loan = { principalMinor: 10, ratePpm: 213_600, termMonths: 10 }
  expect(rows(loan)).toEqual(Array.from({ length: 10 }, () => '1+0'))
  expect(rows({ ...loan, rounding: 'up' })).toEqual(Array.from({ length: 5 }, () => '2+0'))
})

test('11 coins without interest over 10 months are repaid to the coin', () => {
  const loan = { principalMinor: 11, ratePpm: 0, termMonths: 10 }
  expect(rows(loan)).toEqual([...Array.from({ length: 9 }, () => '1+0'), '2+0'])
  expect(rows({ ...loan, rounding: 'up' })).toEqual(['2+0', '2+0', '2+0', '2+0', '2+0', '1+0'])
})

test('where no smaller coin is, every instalment but the last is a multiple of it', () => {
  const { instalments } = schedule({
    principalMinor: 1_000_000,
    ratePpm: 120_000,
    termMonths: 12,
    unitMinor: 5,
  })
  const due = instalments.map((row) => row.principalMinor + row.interestMinor)
  expect(new Set(due.slice(0, -1))).toEqual(new Set([88_850]))
})

test('equal principal is as even as whole units are, and its interest falls with the balance', () => {
  const loan = { principalMinor: 1_000, ratePpm: 120_000, method: 'equal-principal' } as const
  expect(rows({ ...loan, termMonths: 3 })).toEqual(['333+10', '333+7', '334+3'])
})

test('interest only: interest in every period, the principal at the end, and the sum of it is exact', () => {
  const loan = { principalMinor: 10_000, ratePpm: 100_000, method: 'interest-only' } as const
  expect(rows({ ...loan, termMonths: 3 })).toEqual(['0+83', '0+84', '10000+83'])
})

test('a bullet is one payment of everything on the last day', () => {
  const loan = {
    principalMinor: 1_000_000,
    ratePpm: 100_000,
    termMonths: 6,
    method: 'bullet',
    dayCount: 'ACT/365F',
  } as const
  const { instalments } = schedule(loan)
  expect(instalments).toEqual([
    {
      number: 1,
      dueDay: dayOf('2024-07-01'),
      principalMinor: 1_000_000,
      // 182 days of a leap year's first half, over 365.
      interestMinor: Math.round((1_000_000 * 0.1 * 182) / 365),
    },
  ])
})

const anyTerms: fc.Arbitrary<LoanTerms> = fc.record({
  principalMinor: fc.integer({ min: 1, max: AMOUNT_MINOR_MAX }),
  ratePpm: fc.integer({ min: 0, max: RATE_PPM_MAX }),
  termMonths: fc.integer({ min: 1, max: TERM_MONTHS_MAX }),
  method: fc.constantFrom(...REPAYMENT_METHODS),
  rounding: fc.constantFrom(...ROUNDINGS),
  unitMinor: fc.constantFrom(1, 5, 100),
  dayCount: fc.constantFrom(...DAY_COUNTS),
  valueDay: fc.integer({ min: dayOf('2000-01-01'), max: dayOf('2099-12-31') }),
})

test('whatever the terms, the principal is repaid to the unit, on days that rise, and nothing is negative', () => {
  holds(
    300,
    fc.property(anyTerms, (terms) => {
      const { instalments } = scheduleOf(terms)
      expect(sum(instalments, 'principalMinor')).toBe(terms.principalMinor)
      const days = instalments.map(({ dueDay }) => dueDay)
      expect(days).toEqual([...new Set(days)].toSorted((a, b) => a - b))
      expect(days.at(-1)).toBeLessThanOrEqual(periodsOf(terms).at(-1)?.dueDay ?? 0)
      for (const row of instalments)
        expect(Math.min(row.principalMinor, row.interestMinor)).toBeGreaterThanOrEqual(0)
    }),
  )
})

/** The naive twin: a loan is carried on exactly, without rounding interest, with one payment after the other. */
test('a level payment rounded up is the smallest that repays the loan, whatever its periods', () => {
  const few = anyTerms.map((terms) => ({
    ...terms,
    termMonths: 1 + (terms.termMonths % 60),
    method: 'annuity' as const,
    rounding: 'up' as const,
    unitMinor: 1,
  }))
  holds(
    200,
    fc.property(few, (terms) => {
      const base = 1_000_000n * YEAR_PARTS[terms.dayCount]
      const left = (payment: number): bigint =>
        periodsOf(terms).reduce(
          (owed, { parts }, at) =>
            owed * (base + BigInt(terms.ratePpm) * parts) -
            BigInt(payment) * base ** BigInt(at + 1),
          BigInt(terms.principalMinor),
        )
      const { instalmentMinor, instalments } = scheduleOf(terms)
      fc.pre(instalments.length > 1)
      expect(left(instalmentMinor) <= 0n).toBe(true)
      expect(left(instalmentMinor - 1) > 0n).toBe(true)
    }),
  )
})
