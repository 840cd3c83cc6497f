import { expect, test } from 'vitest'
import { STRATEGIES, strategyOf } from '../../deploy/demo/strategy/index.ts'
import { rehearse } from './rehearsal.ts'

const seed = Number(process.env['SEED'] ?? 20_181_123)

test(`most listings expire unfilled, about one in five is funded (seed ${seed})`, () => {
  const { opened, funded, expired, withdrawn, amended, bidAmounts, refused } = rehearse({
    seed,
    bots: 100,
    minutes: 30,
    bidsPerSecond: 15,
    listingsPerMinute: 10.5,
  })
  expect(opened).toBeGreaterThan(300)
  expect(funded / (funded + expired)).toBeGreaterThan(0.12)
  expect(funded / (funded + expired)).toBeLessThan(0.35)

  // Seldom, but the market shows both.
  expect(withdrawn).toBeGreaterThan(0)
  expect(withdrawn).toBeLessThan(opened * 0.06)
  expect(amended).toBeGreaterThan(0)
  expect(amended).toBeLessThan(bidAmounts.length * 0.03)

  const median = bidAmounts.toSorted((a, b) => a - b)[Math.floor(bidAmounts.length / 2)]
  expect(median).toBe(5_000)
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0)
  expect(refusals).toBeLessThan(bidAmounts.length * 0.02)
})

test('any hundred bots hold every strategy in its share', () => {
  const names = Array.from({ length: 100 }, (_, index) => strategyOf(index + 300).name)
  for (const { name, share } of STRATEGIES)
    expect(names.filter((other) => other === name)).toHaveLength(share)
})
