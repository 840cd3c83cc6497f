import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFormat } from '../../web/i18n/format.ts'
import { readCount, readMoney, readRate, valueOf } from '../../web/i18n/read-number.ts'

test.each([
  ['250', 25_000],
  ['250.', 25_000],
  ['250.5', 25_050],
  ['250,50', 25_050],
  ['1,205.5', 120_550],
  ['1.205,5', 120_550],
  ['1,205', 120_500],
  ['1,205,000', 120_500_000],
  ['1.205.000', 120_500_000],
  ['$ 1 205.50', 120_550],
  ["1'205.50", 120_550],
  ['1 205,50', 120_550],
  ['１２．５', 1_250],
  ['２５０，５０', 25_050],
  ['0,250', 25],
  ['.5', 50],
  ['0.01', 1],
  ['007', 700],
  ['$1,205.50', 120_550],
  ['1.205,50 €', 120_550],
  ['￥２５０', 25_000],
  ['1\u00a0205,50', 120_550],
])('the amount %s is read as %i', (text, minor) => {
  expect(readMoney(text, 2)).toEqual({ kind: 'value', value: minor })
})

test.each([
  ['abc', 'not-number'],
  ['12a', 'not-number'],
  ['1e3', 'not-number'],
  ['12.3.4', 'not-number'],
  ['1,20,500', 'not-number'],
  ['12 50', 'not-number'],
  ['1,2.3,4', 'not-number'],
  ['.', 'not-number'],
  ['-5', 'negative'],
  ['−5', 'negative'],
  ['(5)', 'negative'],
  ['-$5', 'negative'],
  ['$-5', 'negative'],
  ['($5)', 'negative'],
  ['5 €-', 'not-number'],
  ['5€50', 'not-number'],
  ['1$000', 'not-number'],
  ['$5€', 'not-number'],
  ['$$5', 'not-number'],
  ['50%', 'not-number'],
  ['%', 'not-number'],
  ['10²', 'not-number'],
  ['①', 'not-number'],
  ['½', 'not-number'],
  ['5⁄2', 'not-number'],
  ['𝟓', 'not-number'],
  ['٥', 'not-number'],
  ['1…5', 'not-number'],
  ['0.001', 'too-fine'],
  ['250,505,1', 'not-number'],
  ['12345.678', 'too-fine'],
  ['25.005', 'ambiguous'],
  ['1.205', 'ambiguous'],
  ['99999999999999', 'too-large'],
  ['10,000,000,001', 'too-large'],
])('the amount %s is refused: %s', (text, kind) => {
  expect(readMoney(text, 2)).toMatchObject({ kind: 'fault', fault: { kind } })
})

test('what can be read in two ways names both', () => {
  expect(readMoney('25.005', 2)).toEqual({
    kind: 'fault',
    fault: { kind: 'ambiguous', readings: ['25.005', '25,005'] },
  })
})

test.each([
  ['12.49', 124_900],
  ['9,5', 95_000],
  ['9.1234%', 91_234],
  ['9,125', 91_250],
  ['9.125', 91_250],
  ['0', 0],
  ['100', 1_000_000],
  ['９．５％', 95_000],
  ['9.5 %', 95_000],
])('the rate %s is read as %i', (text, ratePpm) => {
  expect(readRate(text)).toEqual({ kind: 'value', value: ratePpm })
})

test.each([
  ['8.12345', 'too-fine'],
  ['abc', 'not-number'],
  ['-1', 'negative'],
  ['101', 'too-large'],
  ['-1%', 'negative'],
  ['9%5', 'not-number'],
  ['9.5%%', 'not-number'],
  ['$9.5', 'not-number'],
  ['9¹', 'not-number'],
])('the rate %s is refused: %s', (text, kind) => {
  expect(readRate(text)).toMatchObject({ kind: 'fault', fault: { kind } })
})

test.each(['1,205', '1.205', '25,000'])(
  'in a currency of three digits %s could be either, and is refused',
  (text) => {
    expect(readMoney(text, 3)).toMatchObject({ kind: 'fault', fault: { kind: 'ambiguous' } })
  },
)

test.each([
  ['36', 36],
  ['1,000', 1_000],
  ["12'345'678", 12_345_678],
  ['1 000', 1_000],
  ['３６', 36],
])('the whole number %s is read as %i', (text, value) => {
  expect(readCount(text)).toEqual({ kind: 'value', value })
})

test.each([
  ['1.000', 'too-fine'],
  ['36.0', 'too-fine'],
  ['36.5', 'too-fine'],
  ['36,5', 'not-number'],
  ['1,0000', 'not-number'],
  ['10,00', 'not-number'],
  ['-1', 'negative'],
  ['1e3', 'not-number'],
  ['36%', 'not-number'],
  ['$36', 'not-number'],
  ['3⁶', 'not-number'],
  ['99999999999999999', 'too-large'],
])('the whole number %s is refused: %s', (text, kind) => {
  expect(readCount(text)).toMatchObject({ kind: 'fault', fault: { kind } })
})

test('nothing typed is neither a value nor a fault', () => {
  for (const text of ['', '  ', '$']) expect(readMoney(text, 2)).toEqual({ kind: 'empty' })
  for (const text of ['', '　', '%']) expect(readRate(text)).toEqual({ kind: 'empty' })
  expect(readCount(' ')).toEqual({ kind: 'empty' })
})

const COMMA_POINT = createFormat('en', 'USD')

test('an amount that we write ourselves is read back as it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (minor) => {
      expect(valueOf(readMoney(COMMA_POINT.money(minor), 2))).toBe(minor)
      expect(valueOf(readMoney(COMMA_POINT.moneyBrief(minor), 2))).toBe(minor)
    }),
  )
})

test('the same amount written with the marks the other way round is never read as another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (minor) => {
      const text = COMMA_POINT.money(minor).replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'))
      expect(valueOf(readMoney(text, 2))).toBe(minor)
    }),
  )
})

test('whatever is typed, reading it never fails and never gives a fraction', () => {
  const typed = fc.string({
    unit: fc.constantFrom(...Array.from("0123456789.,-  $%'a０，")),
    maxLength: 14,
  })
  fc.assert(
    fc.property(typed, (text) => {
      for (const value of [valueOf(readMoney(text, 2)), valueOf(readRate(text))])
        expect(value === null || (Number.isSafeInteger(value) && value >= 0)).toBe(true)
    }),
  )
})
