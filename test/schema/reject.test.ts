import { expect, test } from 'vitest'
import { rejectSchema } from '../../schema/refusal.ts'
import { reject } from '../../schema/index.ts'

test('a wait is told in whole milliseconds, never shorter than it is', () => {
  const refusal = reject('rate-limited', { retryAfterMs: 899_965.563_475_000_1 })
  expect(refusal.retryAfterMs).toBe(899_966)
  expect(rejectSchema.safeParse(refusal).success).toBe(true)
  expect(reject('busy')).not.toHaveProperty('retryAfterMs')
})
