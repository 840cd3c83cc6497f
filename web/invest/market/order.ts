/** The order of the rows on the screen, and when it may change.
 *
 *  Figures change many times a second; rows must not. The order is made anew at once when the visitor
 *  asks for another, and every few seconds for what has come, gone or changed: until then a listing
 *  that has closed stays in its place with its end shown. While a pointer or the keyboard moves in the list it
 *  holds still, so that nobody opens a row that has just slid there; when it only rests there, the list goes on,
 *  or it would fill with what is over. */
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import { marketStore } from '../../data/feed/index.ts'
import type { LiveListing } from '../../data/feed/market-store.ts'
import { arrange } from './arrange.ts'
import type { View } from './arrange.ts'

const REORDER_MS = 4_000
/** How long the list holds still after the last movement in it. */
export const HOLD_MS = 5_000
/** A press this soon after the rows have moved was meant for another row. */
const SETTLE_MS = 400

export interface Order {
  readonly rows: ShallowRef<readonly LiveListing[]>
  /** Something moves in the list: it holds still for a while. */
  hold(): void
  /** Nobody is in the list any more. */
  release(): void
  /** Whether the rows have stood long enough to be pressed. */
  isSettled(): boolean
}

export function createOrder(view: Ref<View>, nowMs: () => number = () => performance.now()): Order {
  const rows = shallowRef<readonly LiveListing[]>([])
  let heldUntilMs = -Infinity
  let movedAtMs = -Infinity

  const make = (): void => {
    const next: LiveListing[] = []
    for (const row of arrange(marketStore.plain(), view.value)) {
      const live = marketStore.row(row.listingId)
      if (live !== undefined) next.push(live)
    }
    if (isSame(rows.value, next)) return
    // What comes to an empty list moves nothing away.
    if (rows.value.length > 0) movedAtMs = nowMs()
    rows.value = next
  }
  const makeIfFree = (): void => {
    if (nowMs() >= heldUntilMs) make()
  }

  watch(view, make)
  watch(
    marketStore.version,
    () => {
      if (rows.value.length === 0) make()
    },
    { immediate: true },
  )
  const timer = setInterval(makeIfFree, REORDER_MS)
  onScopeDispose(() => clearInterval(timer))
  return {
    rows,
    hold: () => {
      heldUntilMs = nowMs() + HOLD_MS
    },
    release: () => {
      heldUntilMs = -Infinity
    },
    isSettled: () => nowMs() - movedAtMs >= SETTLE_MS,
  }
}

function isSame(a: readonly LiveListing[], b: readonly LiveListing[]): boolean {
  return a.length === b.length && a.every((row, index) => row === b[index])
}
