import { expect, test } from 'vitest'
import { gatherFills } from '../../web/invest/market/gather.ts'
import { standingsOf } from '../../web/invest/own-bids/standing.ts'
import type { BidRow, BookLevel, FillRow } from '../../web/data/vocabulary.ts'

const levels = [
  [70_000, 30_000, 2],
  [80_000, 40_000, 3],
  [90_000, 30_000, 1],
] as unknown as readonly BookLevel[]

function bid(ratePpm: number, acceptedMinor: number, status: BidRow['status'] = 'open'): BidRow {
  return { ratePpm, acceptedMinor, status } as BidRow
}

test("one's own bids stand where their rate stands, behind all that is bid lower", () => {
  const own = [bid(80_000, 10_000), bid(80_000, 5_000), bid(70_000, 1_000), bid(90_000, 0, 'won')]
  expect(standingsOf(own, levels, true)).toEqual([
    { ratePpm: 70_000, acceptedMinor: 1_000, place: 1, rates: 3, aheadMinor: 0, isLast: false },
    {
      ratePpm: 80_000,
      acceptedMinor: 15_000,
      place: 2,
      rates: 3,
      aheadMinor: 30_000,
      isLast: false,
    },
  ])
})

test('who is at the highest rate of a covered book is pushed out first, of an open one nobody is', () => {
  const own = [bid(90_000, 30_000)]
  expect(standingsOf(own, levels, true)[0]?.isLast).toBe(true)
  expect(standingsOf(own, levels, false)[0]?.isLast).toBe(false)
})

function fill(bidId: number, listingId: number, ratePpm: number, amountMinor: number): FillRow {
  return { bidId, listingId, ratePpm, amountMinor, atMs: bidId } as FillRow
}

test('fills of one listing at one rate are one line, with the time of the newest', () => {
  const fills = [fill(9, 1, 70, 50), fill(8, 2, 70, 50), fill(7, 1, 70, 25), fill(6, 1, 80, 10)]
  const own = new Set([7]) as never
  expect(gatherFills(fills, own)).toEqual([
    { listingId: 1, ratePpm: 70, amountMinor: 75, bids: 2, atMs: 9, newestId: 9, ownMinor: 25 },
    { listingId: 2, ratePpm: 70, amountMinor: 50, bids: 1, atMs: 8, newestId: 8, ownMinor: 0 },
    { listingId: 1, ratePpm: 80, amountMinor: 10, bids: 1, atMs: 6, newestId: 6, ownMinor: 0 },
  ])
})
