/** The order of the rows on the screen, and when it may change.
 *
 *  Figures change many times a second; rows must not. The order is made anew at once when the visitor
 *  asks for another, and every few seconds for what has come, gone or changed: until then a listing
 *  that has closed stays in its place with its end shown. It never changes under a pointer or a focus
 *  that rests on the list, so that nobody opens a row that has just slid there. */
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import { marketStore } from '../../data/feed/index.ts'
import type { LiveListing } from '../../data/feed/market-store.ts'
import { arrange } from './arrange.ts'
import type { View } from './arrange.ts'

const REORDER_MS = 4_000

export interface Order {
  readonly rows: ShallowRef<readonly LiveListing[]>
  /** True while the list is being read closely: it holds still. */
  readonly isHeld: Ref<boolean>
}

export function createOrder(view: Ref<View>): Order {
  const rows = shallowRef<readonly LiveListing[]>([])
  const isHeld = shallowRef(false)

  const make = (): void => {
    const next: LiveListing[] = []
    for (const row of arrange(marketStore.plain(), view.value)) {
      const live = marketStore.row(row.listingId)
      if (live !== undefined) next.push(live)
    }
    if (!isSame(rows.value, next)) rows.value = next
  }
  const makeIfFree = (): void => {
    if (!isHeld.value) make()
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
  return { rows, isHeld }
}

function isSame(a: readonly LiveListing[], b: readonly LiveListing[]): boolean {
  return a.length === b.length && a.every((row, index) => row === b[index])
}
