import { expect, test } from 'vitest'
import { fundingHistory } from '../../web/invest/listing/funding-history.ts'
import type { FillRow } from '../../web/data/vocabulary.ts'
import { listing } from './market-rows.ts'

const fill = (bidId: number, amountMinor: number, ratePpm: number): FillRow =>
  ({ bidId, listingId: 1, amountMinor, ratePpm, atMs: 1_000 + bidId }) as unknown as FillRow

test('a fixed rate grows fill by fill and ends at what the market says now', () => {
  const row = listing({
    amountMinor: 1_000,
    fundedMinor: 500,
    ratePpm: 120_000,
    clearingRatePpm: 120_000,
  })
  const points = fundingHistory(row, [fill(2, 300, 120_000), fill(1, 200, 120_000)], 2_000)
  expect(points.map((point) => [point.atMs, point.fundedMinor])).toEqual([
    [1_000, 0],
    [1_001, 200],
    [1_002, 500],
    [2_000, 500],
  ])
})

test('an auction stops at the asked amount and its rate falls as better bids come', () => {
  const row = listing({
    mode: 'uniform-auction',
    amountMinor: 1_000,
    fundedMinor: 1_000,
    ratePpm: 120_000,
    clearingRatePpm: 100_000,
  })
  const fills = [fill(1, 600, 110_000), fill(2, 400, 120_000), fill(3, 400, 100_000)]
  const points = fundingHistory(row, fills, 2_000)
  expect(points.map((point) => [point.fundedMinor, point.clearingRatePpm])).toEqual([
    [0, 120_000],
    [600, 120_000],
    [1_000, 120_000],
    [1_000, 110_000],
    [1_000, 100_000],
  ])
})
