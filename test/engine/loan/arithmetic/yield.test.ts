import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accruedMinor } from '../../../../engine/loan/arithmetic/accrued.ts'
import { dayOf } from '../../../../engine/loan/arithmetic/calendar.ts'
import { partsBetween } from '../../../../engine/loan/arithmetic/day-count.ts'
import { scheduleOf } from '../../../../engine/loan/arithmetic/schedule.ts'
import {
  annualPercentageRatePpm,
  yieldAtPricePpm,
  yieldPpm,
} from '../../../../engine/loan/arithmetic/yield.ts'
import type { Flow } from '../../../../engine/loan/arithmetic/yield.ts'
import { holds } from '../../seed.ts'

const flow = (date: string, amountMinor: number): Flow => ({ day: dayOf(date), amountMinor })
const YEAR = [flow('2023-01-01', -10_000), flow('2024-01-01', 11_000)] as const

test('what comes back with a tenth more after a year earned ten percent', () => {
  expect(yieldPpm(YEAR)).toBe(100_000)
  expect(yieldPpm([flow('2023-01-01', -10_000), flow('2024-01-01', 5_000)])).toBe(-500_000)
})

/** From the documentation of XIRR in a common spreadsheet, which gives 37.3362535 %. */
test('the yield of uneven flows is the spreadsheet’s', () => {
  const flows = [
    flow('2008-01-01', -1_000_000),
    flow('2008-03-01', 275_000),
    flow('2008-10-30', 425_000),
    flow('2009-02-15', 325_000),
    flow('2009-04-01', 275_000),
  ]
  expect(yieldPpm(flows)).toBe(373_363)
  expect(yieldPpm(flows.toReversed())).toBe(373_363)
})

test('where nothing comes back, or all on the same day, there is no rate', () => {
  expect(yieldPpm([])).toBeNull()
  expect(yieldPpm([flow('2023-01-01', -10_000)])).toBeNull()
  expect(yieldPpm([flow('2023-01-01', -10_000), flow('2023-01-01', 10_000)])).toBeNull()
  expect(yieldPpm([flow('2023-01-01', -1), flow('2023-01-02', 1_000)])).toBeNull()
})

test('a fee that is taken at the beginning makes a loan dearer than its rate', () => {
  const valueDay = dayOf('2024-01-01')
  const { instalments } = scheduleOf({
    principalMinor: 1_000_000,
    ratePpm: 120_000,
    termMonths: 12,
    method: 'annuity',
    rounding: 'half-up',
    unitMinor: 1,
    dayCount: '30/360',
    valueDay,
  })
  const payments = instalments.map(({ dueDay, principalMinor, interestMinor }) => ({
    day: dueDay,
    amountMinor: principalMinor + interestMinor,
  }))
  const plain = annualPercentageRatePpm(1_000_000, valueDay, payments) ?? 0
  const withFee = annualPercentageRatePpm(970_000, valueDay, payments) ?? 0
  // 1 % a month is 12.68 % a year; a leap year has a day more than the 365 that are counted.
  expect(plain).toBeGreaterThan(126_000)
  expect(plain).toBeLessThan(127_000)
  expect(withFee).toBeGreaterThan(plain + 50_000)
  expect(yieldAtPricePpm(970_000, valueDay, payments)).toBe(withFee)
})

/** The naive twin: floats, and a search over the rate itself. */
test('the yield is the rate at which a plain search in floats finds nothing left', () => {
  const payment = fc.record({
    day: fc.integer({ min: 1, max: 3_650 }),
    amountMinor: fc.integer({ min: 1, max: 10_000_000 }),
  })
  const flows = fc
    .tuple(
      fc.integer({ min: 100_000, max: 50_000_000 }),
      fc.array(payment, { minLength: 1, maxLength: 12 }),
    )
    .map(([paid, payments]) => [{ day: 0, amountMinor: -paid }, ...payments])
  holds(
    200,
    fc.property(flows, (all) => {
      const found = yieldPpm(all)
      fc.pre(found !== null)
      const worth = (rate: number): number =>
        all.reduce((sum, { day, amountMinor }) => sum + amountMinor * (1 + rate) ** (-day / 365), 0)
      expect(worth((found - 1) / 1e6)).toBeGreaterThan(-1e-3)
      expect(worth((found + 1) / 1e6)).toBeLessThan(1e-3)
    }),
  )
})

test('a period earns day by day, from its first on and never more than the whole', () => {
  const period = { fromDay: dayOf('2024-01-15'), dueDay: dayOf('2024-02-15'), interestMinor: 1_000 }
  expect(accruedMinor(period, dayOf('2024-01-15'), 'ACT/365F')).toBe(0)
  expect(accruedMinor(period, dayOf('2024-01-16'), 'ACT/365F')).toBe(32)
  expect(accruedMinor(period, dayOf('2024-01-31'), 'ACT/365F')).toBe(516)
  expect(accruedMinor(period, dayOf('2024-01-31'), '30/360')).toBe(500)
  expect(accruedMinor(period, dayOf('2024-02-15'), '30/360')).toBe(1_000)
  expect(accruedMinor(period, dayOf('2024-03-15'), 'ACT/360')).toBe(1_000)
})

test.each([
  ['30/360', '2024-01-31', '2024-02-29', 29n],
  ['30/360', '2024-02-28', '2024-03-31', 32n],
  ['30/360', '2024-01-15', '2025-01-15', 360n],
  ['ACT/365F', '2024-01-15', '2025-01-15', 366n],
  ['ACT/360', '2024-02-01', '2024-03-01', 29n],
  ['ACT/ACT', '2024-01-01', '2025-01-01', 365n * 366n],
  ['ACT/ACT', '2023-12-31', '2024-01-02', 366n + 365n],
] as const)('%s counts from %s to %s as %s parts of the year', (dayCount, from, to, parts) => {
  expect(partsBetween(dayCount, dayOf(from), dayOf(to))).toBe(parts)
})
