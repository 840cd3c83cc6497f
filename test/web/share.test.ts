import { expect, test } from 'vitest'
import { annuityOf } from '../../engine/loan/product.ts'
import { shareOf } from '../../web/invest/listing/share.ts'

test("a bid's share follows the loan's own schedule to the cent", () => {
  const principalMinor = 1_000_000
  const loan = annuityOf({ principalMinor, ratePpm: 120_000, termMonths: 12, valueDay: 0 })
  expect(loan.instalmentMinor).toBe(88_849)
  expect(shareOf(loan, principalMinor, principalMinor)).toEqual({
    instalmentMinor: 88_849,
    firstYearInterestMinor: 66_186,
    wholeInterestMinor: 66_186,
  })
  expect(shareOf(loan, principalMinor, 250_000)).toEqual({
    instalmentMinor: 22_212,
    firstYearInterestMinor: 16_546,
    wholeInterestMinor: 16_546,
  })
})

test('of a longer loan the first year is twelve instalments', () => {
  const principalMinor = 2_800_000
  const loan = annuityOf({ principalMinor, ratePpm: 140_700, termMonths: 60, valueDay: 0 })
  const share = shareOf(loan, principalMinor, principalMinor)
  const interest = loan.instalments.map((row) => row.interestMinor)
  const sum = (rows: readonly number[]): number => rows.reduce((total, row) => total + row, 0)
  expect(share.firstYearInterestMinor).toBe(sum(interest.slice(0, 12)))
  expect(share.wholeInterestMinor).toBe(sum(interest))
})

test('shares of all bidders never come to more than the loan pays', () => {
  const loan = annuityOf({ principalMinor: 100_000, ratePpm: 133_300, termMonths: 36, valueDay: 0 })
  const parts = [33_333, 33_333, 33_334]
  const paid = parts.map((part) => shareOf(loan, 100_000, part).instalmentMinor)
  expect(paid.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(loan.instalmentMinor)
})
