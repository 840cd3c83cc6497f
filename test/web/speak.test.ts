import { beforeEach, expect, test } from 'vitest'
import { defineWords, locale, speak } from '../../web/i18n/words.ts'

interface Own {
  readonly hello: string
}

beforeEach(() => speak('en'))

/** The words of an area of which those in Chinese arrive when the test says so. */
function slowWords() {
  let arrive = (): void => undefined
  const inChinese = new Promise<Own>((resolve) => {
    arrive = () => resolve({ hello: '你好' })
  })
  const words = defineWords<Own>({
    en: () => Promise.resolve({ hello: 'Hello' }),
    'zh-CN': () => inChinese,
  })
  return { words, arrive }
}

test('a language is spoken when all that is in use is there, what came into use meanwhile too', async () => {
  const first = slowWords()
  const second = slowWords()
  await first.words.load('en')
  const spoken = speak('zh-CN')
  await second.words.load('en')
  first.arrive()
  await Promise.resolve()
  expect(locale.value).toBe('en')
  expect(second.words.t.value.hello).toBe('Hello')
  second.arrive()
  await spoken
  expect(locale.value).toBe('zh-CN')
  expect([first, second].map(({ words }) => words.t.value.hello)).toEqual(['你好', '你好'])
})

test('who changes back before the words have come is spoken to as they said last', async () => {
  const { words, arrive } = slowWords()
  await words.load('en')
  const spoken = speak('zh-CN')
  await speak('en')
  arrive()
  await spoken
  expect(locale.value).toBe('en')
})
