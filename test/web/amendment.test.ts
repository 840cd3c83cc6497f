import { expect, test } from 'vitest'
import { amendFaultOf, amendmentOf, amendRoomMinor } from '../../web/invest/own-bids/amendment.ts'
import type { StandingBid } from '../../web/invest/own-bids/amendment.ts'
import type { BookLevel } from '../../web/data/vocabulary.ts'
import { listing } from './market-rows.ts'

const NO_LEVELS: readonly BookLevel[] = []
const fixed = listing({ amountMinor: 100_000, fundedMinor: 60_000, ratePpm: 120_000 })
const auction = listing({ ...fixed, mode: 'uniform-auction', fundedMinor: 100_000 })
/** 20,000 of the second level are one's own. */
const book = [
  [80_000, 60_000, 1],
  [100_000, 40_000, 2],
] as unknown as readonly BookLevel[]
const own = (said: Partial<Record<keyof StandingBid, number | string>> = {}): StandingBid =>
  ({
    amountMinor: 20_000,
    acceptedMinor: 20_000,
    ratePpm: 120_000,
    status: 'open',
    ...said,
  }) as unknown as StandingBid
const to = (amountMinor: number | null, ratePpm: number | null = 120_000) => ({
  amountMinor,
  ratePpm,
})
const auctionBid = own({ ratePpm: 100_000 })

test.each([
  ['less', 15_000, { heldMinor: 0, releasedMinor: 5_000, isPlaceKept: true }],
  ['more', 25_000, { heldMinor: 5_000, releasedMinor: 0, isPlaceKept: false }],
  ['the same', 20_000, { heldMinor: 0, releasedMinor: 0, isPlaceKept: true }],
])('fixed rate: %s', (_name, amountMinor, expected) => {
  expect(amendmentOf(fixed, NO_LEVELS, own(), to(amountMinor))).toMatchObject({
    acceptedMinor: amountMinor,
    isCovering: false,
    ...expected,
  })
})

test('what the bid holds already is room for it, and no more than that room is held', () => {
  expect(amendRoomMinor(fixed, NO_LEVELS, own(), 120_000)).toBe(60_000)
  expect(amendmentOf(fixed, NO_LEVELS, own(), to(90_000))).toEqual({
    acceptedMinor: 60_000,
    heldMinor: 40_000,
    releasedMinor: 0,
    isPlaceKept: false,
    aheadMinor: 40_000,
    isCovering: true,
  })
})

test('less at the same rate gives up first what was displaced, and only then what is in the book', () => {
  const partly = own({ ratePpm: 100_000, acceptedMinor: 12_000 })
  const releasedMinor = (amountMinor: number) =>
    amendmentOf(auction, book, partly, to(amountMinor, 100_000))?.releasedMinor
  expect(releasedMinor(15_000)).toBe(0)
  expect(releasedMinor(12_000)).toBe(0)
  expect(releasedMinor(10_000)).toBe(2_000)
})

test('a lower rate takes a place before all that is worse', () => {
  expect(amendmentOf(auction, book, auctionBid, to(30_000, 90_000))).toEqual({
    acceptedMinor: 30_000,
    heldMinor: 10_000,
    releasedMinor: 0,
    isPlaceKept: false,
    aheadMinor: 60_000,
    isCovering: true,
  })
})

test('more at a rate that is covered costs the place and brings nothing', () => {
  expect(amendmentOf(auction, book, auctionBid, to(30_000, 100_000))).toMatchObject({
    acceptedMinor: 20_000,
    heldMinor: 0,
    releasedMinor: 0,
    isPlaceKept: false,
    aheadMinor: 80_000,
  })
})

test('a higher rate has only the room that others leave', () => {
  const half = listing({ ...auction, fundedMinor: 80_000 })
  const levels = [
    [80_000, 20_000, 1],
    [90_000, 50_000, 1],
    [100_000, 10_000, 1],
  ] as unknown as readonly BookLevel[]
  const bid = own({ ratePpm: 80_000 })
  expect(amendmentOf(half, levels, bid, to(20_000, 100_000))).toMatchObject({
    acceptedMinor: 20_000,
    isPlaceKept: false,
    aheadMinor: 60_000,
  })
})

test.each<[string, number | null, string | undefined]>([
  ['nothing typed', null, 'amount-missing'],
  ['zero', 0, 'amount-missing'],
  ['below the minimum', 2_499, 'bid-below-minimum'],
  ['the minimum', 2_500, undefined],
  ['as it is', 20_000, 'unchanged'],
  ['leaving too small a rest', 58_000, 'remainder-below-minimum'],
  ['all that is left', 60_000, undefined],
  ['more than is left', 90_000, undefined],
])('what is wrong at a fixed rate: %s', (_name, amountMinor, code) => {
  expect(amendFaultOf(fixed, NO_LEVELS, own(), to(amountMinor), 1_000_000)?.code).toBe(code)
})

test('only what is held in addition has to be available', () => {
  const fault = (amountMinor: number, availableMinor: number | null) =>
    amendFaultOf(fixed, NO_LEVELS, own(), to(amountMinor), availableMinor)?.code
  expect(fault(25_000, 5_000)).toBeUndefined()
  expect(fault(25_000, 4_999)).toBe('insufficient-funds')
  expect(fault(15_000, 0)).toBeUndefined()
  expect(fault(25_000, null)).toBeUndefined()
})

test('auction: what is wrong is said at the field it is about', () => {
  const fault = (amountMinor: number, ratePpm: number | null) =>
    amendFaultOf(auction, book, auctionBid, to(amountMinor, ratePpm), 1_000_000)
  expect(fault(20_000, 120_001)).toEqual({ field: 'rate', code: 'rate-above-ceiling' })
  expect(fault(20_000, null)).toEqual({ field: 'rate', code: 'rate-missing' })
  expect(fault(2_499, 90_000)).toEqual({ field: 'amount', code: 'bid-below-minimum' })
  expect(fault(20_000, 90_000)).toBeNull()
  // Others cover the listing at this rate or better once the own bid is out.
  const crowded = listing({ ...auction, amountMinor: 80_000, fundedMinor: 100_000 })
  expect(amendFaultOf(crowded, book, auctionBid, to(20_000, 110_000), null)).toEqual({
    field: 'rate',
    code: 'rate-not-competitive',
  })
})

test('a bid that has ended, or whose listing has, is no longer amended', () => {
  const withdrawn = listing({ ...fixed, status: 'withdrawn' })
  expect(amendFaultOf(withdrawn, NO_LEVELS, own(), to(5_000), null)?.code).toBe('bid-closed')
  const outbid = own({ status: 'outbid', acceptedMinor: 0 })
  expect(amendFaultOf(fixed, NO_LEVELS, outbid, to(5_000), null)?.code).toBe('bid-closed')
})

test('a book that is told a moment later than the bid makes nothing negative', () => {
  const behind = listing({ ...fixed, fundedMinor: 10_000 })
  expect(amendRoomMinor(behind, NO_LEVELS, own(), 120_000)).toBe(100_000)
  expect(amendmentOf(behind, NO_LEVELS, own(), to(15_000))?.releasedMinor).toBe(5_000)
})
