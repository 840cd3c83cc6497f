import { effectScope, nextTick, ref } from 'vue'
import type { EffectScope } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { marketStore } from '../../web/data/feed/index.ts'
import { DEFAULT_VIEW } from '../../web/invest/market/arrange.ts'
import type { View } from '../../web/invest/market/arrange.ts'
import { createOrder, HOLD_MS } from '../../web/invest/market/order.ts'
import type { Order } from '../../web/invest/market/order.ts'
import { listing } from './market-rows.ts'

/** Longer than the list waits before it is made anew. */
const A_WHILE_MS = 4_000

let scope: EffectScope
let order: Order
const view = ref<View>(DEFAULT_VIEW)

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => setTimeout(run, 16))
  marketStore.onSnapshot({ listings: [1, 2, 3].map((listingId) => listing({ listingId })) })
  scope = effectScope()
  order = scope.run(() => createOrder(view, () => Date.now())) as Order
})

afterEach(() => {
  scope.stop()
  view.value = DEFAULT_VIEW
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const shown = (): number[] => order.rows.value.map((row) => row.listingId)

async function expire(listingId: number): Promise<void> {
  const patch = { ...listing({ listingId }), status: 'expired' } as const
  marketStore.onDelta({ listings: [patch], removed: [] })
  await vi.advanceTimersByTimeAsync(20)
}

test('what is over leaves the list of what is open within a few seconds', async () => {
  expect(shown()).toEqual([3, 2, 1])
  await expire(2)
  expect(shown()).toEqual([3, 2, 1])
  await vi.advanceTimersByTimeAsync(A_WHILE_MS)
  expect(shown()).toEqual([3, 1])
})

test('while something moves in the list it holds still, and when it only rests there the list goes on', async () => {
  await expire(2)
  for (let moved = 0; moved < 5; moved++) {
    order.hold()
    await vi.advanceTimersByTimeAsync(HOLD_MS - 1_000)
  }
  expect(shown()).toEqual([3, 2, 1])
  await vi.advanceTimersByTimeAsync(HOLD_MS + A_WHILE_MS)
  expect(shown()).toEqual([3, 1])
})

test('rows that have just moved cannot be pressed, those that have stood can', async () => {
  expect(order.isSettled()).toBe(true)
  await expire(2)
  await vi.advanceTimersByTimeAsync(A_WHILE_MS)
  const movedAt = order.rows.value
  view.value = { ...DEFAULT_VIEW, status: null }
  await nextTick()
  expect(order.rows.value).not.toBe(movedAt)
  expect(order.isSettled()).toBe(false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(order.isSettled()).toBe(true)
})

test('another order is made at once, also under a pointer', async () => {
  order.hold()
  view.value = { ...DEFAULT_VIEW, isDescending: false }
  await nextTick()
  expect(shown()).toEqual([1, 2, 3])
})
