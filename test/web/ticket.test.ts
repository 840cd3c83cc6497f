import { expect, test } from 'vitest'
import { faultOf, heldMinor, roomMinor } from '../../web/invest/listing/ticket.ts'
import type { BookLevel } from '../../web/data/vocabulary.ts'
import { listing } from './market-rows.ts'

const NO_LEVELS: readonly BookLevel[] = []
const fixed = listing({ amountMinor: 100_000, fundedMinor: 60_000, ratePpm: 120_000 })
const auction = listing({ ...fixed, mode: 'uniform-auction', fundedMinor: 100_000 })
const book = [
  [80_000, 60_000, 1],
  [100_000, 40_000, 2],
] as unknown as readonly BookLevel[]
const bid = (amountMinor: number | null, ratePpm: number | null = 120_000) => ({
  amountMinor,
  ratePpm,
})

test.each<[string, number | null, string | undefined]>([
  ['nothing typed', null, 'amount-missing'],
  ['zero', 0, 'amount-missing'],
  ['below the minimum', 2_499, 'bid-below-minimum'],
  ['the minimum', 2_500, undefined],
  ['leaving too small a rest', 38_000, 'remainder-below-minimum'],
  ['all that is left', 40_000, undefined],
  ['more than is left', 90_000, undefined],
])('fixed rate: %s', (_name, amountMinor, code) => {
  expect(faultOf(fixed, NO_LEVELS, bid(amountMinor), 1_000_000)?.code).toBe(code)
})

test('no more is held than is left, and only that has to be covered by cash', () => {
  expect(heldMinor(fixed, NO_LEVELS, bid(90_000))).toBe(40_000)
  expect(faultOf(fixed, NO_LEVELS, bid(90_000), 40_000)).toBeNull()
  expect(faultOf(fixed, NO_LEVELS, bid(90_000), 39_999)?.code).toBe('insufficient-funds')
  expect(faultOf(fixed, NO_LEVELS, bid(90_000), null)).toBeNull()
})

test('in an auction a lower rate has room where worse bids stand', () => {
  expect(roomMinor(auction, book, 120_000)).toBe(0)
  expect(roomMinor(auction, book, 100_000)).toBe(0)
  expect(roomMinor(auction, book, 99_999)).toBe(40_000)
  expect(roomMinor(auction, book, 79_999)).toBe(100_000)
})

test('auction: what is wrong is said at the field it is about', () => {
  const fault = (amountMinor: number, ratePpm: number | null) =>
    faultOf(auction, book, bid(amountMinor, ratePpm), 1_000_000)
  expect(fault(5_000, 120_001)).toEqual({ field: 'rate', code: 'rate-above-ceiling' })
  expect(fault(5_000, 100_000)).toEqual({ field: 'rate', code: 'rate-not-competitive' })
  expect(fault(5_000, null)).toEqual({ field: 'rate', code: 'rate-missing' })
  expect(fault(2_499, 90_000)).toEqual({ field: 'amount', code: 'bid-below-minimum' })
  expect(fault(5_000, 90_000)).toBeNull()
})

test('a closed listing takes nothing', () => {
  const closed = listing({ ...fixed, status: 'expired' })
  expect(faultOf(closed, NO_LEVELS, bid(5_000), null)?.code).toBe('listing-closed')
})
