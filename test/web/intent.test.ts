import { expect, test } from 'vitest'
import { Intent } from '../../web/data/intent.ts'
import type { OpenIntent } from '../../web/data/intent.ts'

const FORM = { amountMinor: 5_000 }
const OTHER = { amountMinor: 6_000 }

function keys(): () => string {
  let made = 0
  return () => `key ${++made}`
}

test('sending again after silence is the same command, a changed form is another', () => {
  const intent = new Intent(keys())
  expect(intent.keyFor(FORM)).toBe('key 1')
  expect(intent.keyFor({ ...FORM })).toBe('key 1')
  expect(intent.keyFor(OTHER)).toBe('key 2')
  expect(intent.openForm).toBe(JSON.stringify(OTHER))
})

test('a form that is changed back is the first command again, as long as it has no answer', () => {
  const intent = new Intent(keys())
  intent.keyFor(FORM)
  intent.keyFor(OTHER)
  expect(intent.keyFor(FORM)).toBe('key 1')
  intent.answered(FORM)
  expect(intent.openForm).toBe(JSON.stringify(OTHER))
  expect(intent.isOpen(OTHER)).toBe(true)
  expect(intent.keyFor(FORM)).toBe('key 3')
})

test('after an answer the same form is a new command', () => {
  const intent = new Intent(keys())
  intent.keyFor(FORM)
  intent.answered(FORM)
  expect(intent.openForm).toBeNull()
  expect(intent.keyFor(FORM)).toBe('key 2')
})

test('what was sent and never answered is the same command after the page was loaded anew', () => {
  let kept: readonly OpenIntent[] = []
  const place = { read: () => kept, write: (open: readonly OpenIntent[]) => void (kept = open) }
  const makeKey = keys()
  new Intent(makeKey, place).keyFor(FORM)
  const anew = new Intent(makeKey, place)
  expect(anew.openForm).toBe(JSON.stringify(FORM))
  expect(anew.keyFor(FORM)).toBe('key 1')
  anew.answered(FORM)
  expect(new Intent(makeKey, place).keyFor(FORM)).toBe('key 2')
})
