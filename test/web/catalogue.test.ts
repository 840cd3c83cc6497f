import { expect, test } from 'vitest'
import { REJECT_CODES } from '../../schema/reject.ts'
import { en as borrowEn } from '../../web/borrow/words/en.ts'
import { zhCn as borrowZh } from '../../web/borrow/words/zh-cn.ts'
import { en as deskEn } from '../../web/desk/words/en.ts'
import { zhCn as deskZh } from '../../web/desk/words/zh-cn.ts'
import { en as sharedEn } from '../../web/i18n/en.ts'
import { zhCn as sharedZh } from '../../web/i18n/zh-cn.ts'
import { en as investEn } from '../../web/invest/words/en.ts'
import { zhCn as investZh } from '../../web/invest/words/zh-cn.ts'
import { en as publicEn } from '../../web/public/words/en.ts'
import { zhCn as publicZh } from '../../web/public/words/zh-cn.ts'

const en = { shared: sharedEn, invest: investEn, borrow: borrowEn, desk: deskEn, public: publicEn }
const zhCn = {
  shared: sharedZh,
  invest: investZh,
  borrow: borrowZh,
  desk: deskZh,
  public: publicZh,
}

/** `market.title` and so on, with what stands there. */
function lines(part: object, path = ''): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [name, value] of Object.entries(part) as [string, unknown][]) {
    const at = path === '' ? name : `${path}.${name}`
    if (typeof value === 'object' && value !== null)
      for (const [key, line] of lines(value, at)) found.set(key, line)
    else found.set(at, value)
  }
  return found
}

test('both languages have the same lines, none of them empty', () => {
  const english = lines(en)
  const chinese = lines(zhCn)
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  for (const [at, line] of [...english, ...chinese]) expect(line, at).not.toBe('')
})

test('what takes a parameter says it in both languages', () => {
  for (const [at, line] of lines(en)) {
    const other = lines(zhCn).get(at)
    expect(typeof other, at).toBe(typeof line)
  }
})

test('Chinese lines are in Chinese, but for names and codes', () => {
  const plain = [...lines(zhCn)].filter(([, line]) => typeof line === 'string')
  for (const [at, line] of plain) expect(String(line), at).toMatch(/\p{Script=Han}/u)
})

test.each(REJECT_CODES)('the refusal %s has its words in both languages', (code) => {
  expect(sharedEn.rejects[code]).toMatch(/[.?]$/)
  expect(sharedZh.rejects[code]).toMatch(/\p{Script=Han}/u)
})
