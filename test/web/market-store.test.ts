import { effect } from 'vue'
import { expect, test } from 'vitest'
import { MarketStore } from '../../web/data/feed/market-store.ts'
import type { ListingId, ListingPatch } from '../../web/data/vocabulary.ts'
import { HandPace } from './hand-pace.ts'
import { listing } from './market-rows.ts'

const id = (value: number): ListingId => value as ListingId
const patch = (value: object): ListingPatch => value as ListingPatch

function storeOf(...rows: ReturnType<typeof listing>[]) {
  const pace = new HandPace()
  const store = new MarketStore(pace)
  store.onSnapshot({ listings: rows })
  return { store, pace }
}

test('a snapshot fills the market at once and makes it live', () => {
  const { store } = storeOf(listing(), listing({ listingId: 2 }))
  expect(store.size).toBe(2)
  expect(store.freshness.value).toBe('live')
})

test('deltas wait for the frame and are applied once, however many came', () => {
  const { store, pace } = storeOf(listing())
  for (const fundedMinor of [100, 200, 300])
    store.onDelta({ listings: [patch({ listingId: 1, fundedMinor })], removed: [] })
  expect(store.row(id(1))?.fundedMinor).toBe(0)
  expect(pace.frame()).toBe(1)
  expect(store.row(id(1))?.fundedMinor).toBe(300)
  expect(store.row(id(1))?.fills).toBe(1)
})

test('a hidden tab paints no frames and keeps only the newest of each listing', () => {
  const { store, pace } = storeOf(listing(), listing({ listingId: 2 }))
  for (let round = 1; round <= 5_000; round++)
    store.onDelta({
      listings: [patch({ listingId: 1 + (round % 2), bidCount: round, fundedMinor: round })],
      removed: [],
    })
  store.onDelta({ listings: [patch({ listingId: 1, clearingRatePpm: 90_000 })], removed: [] })
  expect(pace.frame()).toBe(1)
  expect(store.row(id(1))).toMatchObject({ bidCount: 5_000, clearingRatePpm: 90_000, fills: 1 })
  expect(store.row(id(2))).toMatchObject({ bidCount: 4_999, fundedMinor: 4_999 })
})

test('only the row that was patched is seen to change', () => {
  const { store, pace } = storeOf(listing(), listing({ listingId: 2 }))
  const seen = { 1: 0, 2: 0 }
  effect(() => void (store.row(id(1))?.fundedMinor, seen[1]++))
  effect(() => void (store.row(id(2))?.fundedMinor, seen[2]++))
  store.onDelta({ listings: [patch({ listingId: 2, fundedMinor: 5 })], removed: [] })
  pace.frame()
  expect(seen).toEqual({ 1: 1, 2: 2 })
})

test('a fill moves no row: the order is asked anew only when listings come, go or close', () => {
  const { store, pace } = storeOf(listing(), listing({ listingId: 2 }))
  const before = store.version.value
  store.onDelta({ listings: [patch({ listingId: 1, fundedMinor: 5 })], removed: [] })
  pace.frame()
  expect(store.version.value).toBe(before)
  store.onDelta({ listings: [patch({ listingId: 1, status: 'funded' })], removed: [id(2)] })
  pace.frame()
  expect(store.version.value).toBe(before + 1)
  expect(store.row(id(2))).toBeUndefined()
})

test('a listing removed and patched in one frame ends as it was last told', () => {
  const { store, pace } = storeOf(listing())
  store.onDelta({ listings: [patch({ listingId: 1, fundedMinor: 5 })], removed: [] })
  store.onDelta({ listings: [], removed: [id(1)] })
  pace.frame()
  expect(store.size).toBe(0)
})

test('a second snapshot replaces everything, and what waited from before is forgotten', () => {
  const { store, pace } = storeOf(listing(), listing({ listingId: 2 }))
  store.onDelta({ listings: [patch({ listingId: 2, fundedMinor: 9 })], removed: [] })
  store.onSnapshot({ listings: [listing({ listingId: 2, fundedMinor: 40 })] })
  pace.frame()
  expect(store.size).toBe(1)
  expect(store.row(id(2))?.fundedMinor).toBe(40)
})

test('a lost connection makes the picture stale and the next word makes it live again', () => {
  const { store } = storeOf(listing())
  store.onStale()
  expect(store.freshness.value).toBe('stale')
  store.onFresh()
  expect(store.freshness.value).toBe('live')
})

test('totals count open listings only and weigh the rate by amount', () => {
  const { store } = storeOf(
    listing({ amountMinor: 300, fundedMinor: 100, ratePpm: 100_000 }),
    listing({ listingId: 2, amountMinor: 100, ratePpm: 200_000 }),
    listing({ listingId: 3, amountMinor: 999, status: 'funded' }),
  )
  expect(store.totals()).toEqual({ open: 2, askedMinor: 400n, fundedMinor: 100n, ratePpm: 125_000 })
})
