import { expect, test } from 'vitest'
import { parseLoans, readLoans } from '../../deploy/demo/loans.ts'

const HEADER = 'amount_usd,rate_percent,term_months,grade,purpose'

test('a rate of 14.07 % is 140,700 parts per million, and 28,000 dollars are 2,800,000 cents', () => {
  expect(parseLoans(`${HEADER}\n28000,14.07,60,C,moving\n`)).toEqual([
    { amountMinor: 2_800_000, ratePpm: 140_700, termMonths: 60, grade: 'C', purpose: 'moving' },
  ])
})

test.each([
  ['9', 90_000],
  ['9.9', 99_000],
  ['17.09', 170_900],
  ['6.72', 67_200],
])('%s %% is %i parts per million', (percent, ratePpm) => {
  expect(parseLoans(`${HEADER}\n1000,${percent},36,A,car\n`)[0]?.ratePpm).toBe(ratePpm)
})

test.each([
  ['a rate with more digits than are kept', '1000,7.255,36,A,car'],
  ['an amount with cents', '1000.50,7.25,36,A,car'],
  ['a term that was never offered', '1000,7.25,48,A,car'],
  ['a grade that does not exist', '1000,7.25,36,H,car'],
  ['a purpose that does not exist', '1000,7.25,36,A,wedding'],
  ['a field too many', '1000,7.25,36,A,car,NJ'],
])('%s is refused and its line is named', (_, line) => {
  expect(() => parseLoans(`${HEADER}\n${line}\n`)).toThrow(`line 2 is not a loan: ${line}`)
})

test('the file has 2,000 loans of every grade and both terms', () => {
  const loans = readLoans()
  expect(loans).toHaveLength(2_000)
  expect(new Set(loans.map(({ grade }) => grade)).size).toBe(7)
  expect(new Set(loans.map(({ termMonths }) => termMonths))).toEqual(new Set([36, 60]))
})
