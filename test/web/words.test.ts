import { expect, test } from 'vitest'
import { REJECT_CODES } from '../../schema/reject.ts'
import { en } from '../../web/i18n/en.ts'
import { zhCn as shared } from '../../web/i18n/zh-cn.ts'
import { zhCn as invest } from '../../web/invest/words/zh-cn.ts'

/** What the engine room says and no lender does. */
const JARGON_ZH = /日志|幂等|落盘|归档|在册|入册|投标簿|超越|不可达|网关/u
const JARGON_EN = /journal|ledger|archive|on disk|idempoten|gateway|in memory/i

function lines(part: object): string[] {
  return Object.values(part).flatMap((value: unknown) =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value !== null
        ? lines(value)
        : typeof value === 'function'
          ? [value.toString()]
          : [],
  )
}

test('nothing that an investor reads is said in the jargon of the engine room', () => {
  for (const line of lines({ shared, invest })) expect(line).not.toMatch(JARGON_ZH)
})

test.each(REJECT_CODES)('the refusal %s is said in words of the business', (code) => {
  expect(shared.rejects[code]).not.toMatch(JARGON_ZH)
  expect(en.rejects[code]).not.toMatch(JARGON_EN)
})
