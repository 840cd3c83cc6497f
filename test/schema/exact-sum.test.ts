import { expect, test } from 'vitest'
import { ExactSum } from '../../schema/exact-sum.ts'

test('a sum beyond what a number holds is exact to the cent', () => {
  const sum = new ExactSum()
  const amounts = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1, 1, 3, 999_999_999_999]
  for (let round = 0; round < 10_000; round++)
    for (const amountMinor of amounts) sum.add(amountMinor)
  expect(sum.minor).toBe(10_000n * amounts.reduce((total, amount) => total + BigInt(amount), 0n))
})

test('what is no amount is never summed', () => {
  for (const amountMinor of [-1, 0.5, Number.MAX_SAFE_INTEGER + 1, NaN])
    expect(() => new ExactSum().add(amountMinor)).toThrow('can be summed')
})
