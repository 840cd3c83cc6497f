import { expect, test } from 'vitest'
import { minor } from '../../schema/unit.ts'
import { mergeFills } from '../../web/data/feed/fills.ts'
import { ListingStore, mergeLevels } from '../../web/data/feed/listing-store.ts'
import { BidsStore, CashStore, ENDED_SHOWN_MAX } from '../../web/data/feed/own-stores.ts'
import { TapeStore } from '../../web/data/feed/tape-store.ts'
import type { BidRow, BookLevel, ChannelShapes, FillRow } from '../../web/data/vocabulary.ts'
import { HandPace } from './hand-pace.ts'
import { listing } from './market-rows.ts'

type Delta = ChannelShapes['listing']['delta']

const levels = (...rows: [number, number, number][]): readonly BookLevel[] =>
  rows as unknown as readonly BookLevel[]
const fill = (bidId: number, amountMinor = 100): FillRow =>
  ({ bidId, listingId: 1, amountMinor, ratePpm: 90_000, atMs: bidId }) as unknown as FillRow
const delta = (said: object): Delta =>
  ({ listing: {}, levels: [], fills: [], ...said }) as unknown as Delta

test('levels stay best rate first; amount 0 takes a level out', () => {
  const book = levels([80_000, 500, 2], [90_000, 100, 1])
  expect(mergeLevels(book, levels([85_000, 50, 1], [90_000, 0, 0]))).toEqual(
    levels([80_000, 500, 2], [85_000, 50, 1]),
  )
})

test('two deltas before a frame: the newer level wins and no fill is lost or told twice', () => {
  const pace = new HandPace()
  const store = new ListingStore(pace)
  store.onSnapshot({ listing: listing(), levels: levels([90_000, 100, 1]), fills: [fill(1)] })
  store.onDelta(
    delta({ listing: { fundedMinor: 200 }, levels: levels([90_000, 200, 2]), fills: [fill(2)] }),
  )
  store.onDelta(
    delta({ listing: { fundedMinor: 300 }, levels: levels([90_000, 300, 3]), fills: [fill(3)] }),
  )
  expect(pace.frame()).toBe(1)
  expect(store.levels.value).toEqual(levels([90_000, 300, 3]))
  expect(store.fills.value.map((row) => row.bidId)).toEqual([3, 2, 1])
  expect(store.listing.value).toMatchObject({ fundedMinor: 300, fills: 1 })
})

test('fills are newest first, each once, and no more than there is room for', () => {
  const merged = mergeFills([fill(5), fill(3)], [fill(4), fill(5), fill(6)], 3)
  expect(merged.map((row) => row.bidId)).toEqual([6, 5, 4])
})

test('the tape moves at its own pace with all that came meanwhile', () => {
  const pace = new HandPace()
  const tape = new TapeStore(pace)
  tape.onSnapshot({ fills: [fill(1)] })
  tape.onDelta({ fills: [fill(2)] })
  tape.onDelta({ fills: [fill(4), fill(3)] })
  expect(tape.fills.value).toHaveLength(1)
  expect(pace.frame()).toBe(1)
  expect(tape.fills.value.map((row) => row.bidId)).toEqual([4, 3, 2, 1])
})

test('cash is shown as it comes', () => {
  const store = new CashStore()
  store.onSnapshot({ availableMinor: minor(100), heldMinor: minor(0) })
  store.onDelta({ availableMinor: minor(60), heldMinor: minor(40) })
  expect(store.cash.value).toEqual({ availableMinor: 60, heldMinor: 40 })
})

const bid = (bidId: number, status: string): BidRow => ({ bidId, status }) as unknown as BidRow

test('a bid that ends stays in sight with its end', () => {
  const store = new BidsStore()
  store.onSnapshot({ bids: [bid(1, 'open'), bid(2, 'open')] })
  store.onDelta({ bids: [bid(1, 'outbid'), bid(3, 'open')] })
  expect(store.bids.value.map((row) => `${row.bidId} ${row.status}`)).toEqual([
    '3 open',
    '2 open',
    '1 outbid',
  ])
})

test('bids that ended long ago are let go, those that ended last stay, and none in a book is ever left out', () => {
  const store = new BidsStore()
  const ids = Array.from({ length: 60 }, (_, index) => index + 1)
  store.onSnapshot({ bids: [...ids, 61, 62].map((id) => bid(id, 'open')) })
  for (const id of ids) store.onDelta({ bids: [bid(id, 'outbid')] })
  // The ledger may add to a bid that has ended: it has not ended anew by that.
  store.onDelta({ bids: [bid(41, 'outbid')] })
  store.onDelta({ bids: [bid(61, 'won')] })
  const shown = store.bids.value.map((row) => row.bidId)
  expect(shown).toEqual([62, 61, ...ids.slice(41).toReversed()])
  expect(shown).toHaveLength(1 + ENDED_SHOWN_MAX)
})

test('of whoever signs in next nothing is said before it is known', () => {
  const cash = new CashStore()
  const bids = new BidsStore()
  cash.onSnapshot({ availableMinor: minor(100), heldMinor: minor(0) })
  bids.onSnapshot({ bids: [bid(1, 'open')] })
  bids.onRefused()
  for (const store of [cash, bids]) {
    store.reset()
    expect(store.freshness.value).toBe('loading')
  }
  expect(cash.cash.value).toBeNull()
  expect(bids.bids.value).toEqual([])
})
