import { expect, test } from 'vitest'
import { z } from 'zod'
import { secret, text } from '../../schema/declare/text.ts'
import { email } from '../../schema/person/row.ts'

const NAME = text({ min: 1, max: 10, about: 'A name.' })
const SECRET = secret({ min: 1, max: 10, about: 'A secret.' })

test.each([
  ['a NUL', 'a\u0000b'],
  ['a line break', 'a\nb'],
  ['a tab', 'a\tb'],
  ['a C1 control', 'a\u0085b'],
  ['a line separator', 'a\u2028b'],
  ['half a surrogate pair', 'a\ud800b'],
  ['an override of the direction', 'a\u202eb'],
])('%s is no part of any text', (_, value) => {
  expect(NAME.safeParse(value).success).toBe(false)
  expect(SECRET.safeParse(value).success).toBe(false)
  expect(email.safeParse(`${value}@test.example`).success).toBe(false)
})

test('a text comes in one spelling, without space around it', () => {
  expect(NAME.parse('  Zoe\u0308 ')).toBe('Zoë')
  expect(SECRET.parse(' Zoe\u0308 ')).toBe(' Zoë ')
})

test('lengths are counted in code points, after the spelling was made one', () => {
  expect(NAME.safeParse('👩'.repeat(10)).success).toBe(true)
  expect(NAME.safeParse('👩'.repeat(11)).success).toBe(false)
  expect(NAME.safeParse('e\u0308'.repeat(10)).success).toBe(true)
  expect(NAME.safeParse('王'.repeat(10)).success).toBe(true)
})

test('a name has something in it that can be seen', () => {
  for (const nothing of ['', '   ', '\u200b', '\u00a0', '\u2060\u200d'])
    expect(NAME.safeParse(nothing).success).toBe(false)
})

test('the documents tell the lengths', () => {
  expect(z.toJSONSchema(NAME, { io: 'input' })).toMatchObject({ minLength: 1, maxLength: 10 })
})
