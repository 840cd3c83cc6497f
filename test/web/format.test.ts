import { expect, test } from 'vitest'
import { en } from '../../web/i18n/en.ts'
import { createFormat, decimal, fundedPercent, spanText } from '../../web/i18n/format.ts'
import { zhCn } from '../../web/i18n/zh-cn.ts'

const english = createFormat('en', 'USD')
const chinese = createFormat('zh-CN', 'CNY')

test('money shows every cent, also where a float would lose it', () => {
  expect(english.money(2_800_050)).toBe('$28,000.50')
  expect(english.money(9_007_199_254_740_991)).toBe('$90,071,992,547,409.91')
  expect(chinese.money(2_800_050)).toBe('¥28,000.50')
})

test('in lists whole amounts leave their cents out, others never do', () => {
  expect(english.moneyBrief(2_800_000)).toBe('$28,000')
  expect(english.moneyBrief(2_800_050)).toBe('$28,000.50')
})

test('a currency without minor digits has none', () => {
  expect(createFormat('en', 'JPY').money(28_000)).toBe('¥28,000')
  expect(decimal(5, 2)).toBe('0.05')
  expect(decimal(-5, 2)).toBe('-0.05')
  expect(decimal(28_000, 0)).toBe('28000')
})

test('a rate is a yearly percent with two decimals, up to four where it is exact', () => {
  expect(english.rate(124_900)).toBe('12.49%')
  expect(english.rate(90_000)).toBe('9.00%')
  expect(english.rateExact(91_234)).toBe('9.1234%')
  expect(chinese.rate(124_900)).toBe('12.49%')
})

test('a listing is 100 % funded only when nothing is missing', () => {
  expect(fundedPercent(999_999, 1_000_000)).toBe(99)
  expect(fundedPercent(1_000_000, 1_000_000)).toBe(100)
  expect(fundedPercent(0, 0)).toBe(0)
})

test.each([
  [0, 'Closing', '正在结束'],
  [1, '1s', '1秒'],
  [59_000, '59s', '59秒'],
  [59_001, '1m 00s', '1分00秒'],
  [249_000, '4m 09s', '4分09秒'],
  [3_600_000, '1h 00m', '1时00分'],
  [8_040_000, '2h 14m', '2时14分'],
  [86_400_000 * 3 + 3_600_000 * 4, '3d 4h', '3天4时'],
])('%i ms left reads %s and %s', (ms, inEnglish, inChinese) => {
  expect(spanText(ms, en.span)).toBe(inEnglish)
  expect(spanText(ms, zhCn.span)).toBe(inChinese)
})

test('a due day is the same day everywhere', () => {
  expect(english.day('2027-01-31')).toBe('Jan 31, 2027')
  expect(chinese.day('2027-01-31')).toBe('2027年1月31日')
})

test('all amounts on an axis are written in one unit', () => {
  expect([0, 500_000, 1_000_000].map(english.moneyAxis(1_200_000))).toEqual([
    '$0',
    '$5,000',
    '$10,000',
  ])
  expect([0, 5_000_000, 12_500_000].map(english.moneyAxis(12_500_000))).toEqual([
    '$0K',
    '$50K',
    '$125K',
  ])
  expect([500_000, 1_000_000].map(chinese.moneyAxis(1_200_000))).toEqual(['¥5,000', '¥10,000'])
  expect([50_000_000, 150_000_000].map(chinese.moneyAxis(150_000_000))).toEqual(['¥50万', '¥150万'])
})
