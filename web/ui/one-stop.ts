/** A list of things to press that is one stop of the Tab key: arrows go on inside it, Home and End to its ends.
 *  `v-one-stop` on what holds them; the one that was last on keeps the stop. */
import type { ObjectDirective } from 'vue'

const ITEMS = 'a[href], button:not(:disabled)'
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
}

interface Kept {
  current: HTMLElement | null
  readonly stop: () => void
}

const kept = new WeakMap<HTMLElement, Kept>()

function itemsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(ITEMS)]
}

/** Exactly one of them can be reached by Tab. */
function settle(list: HTMLElement): void {
  const own = kept.get(list)
  if (own === undefined) return
  const items = itemsOf(list)
  if (own.current === null || !items.includes(own.current)) own.current = items[0] ?? null
  for (const item of items) item.tabIndex = item === own.current ? 0 : -1
}

export const vOneStop: ObjectDirective<HTMLElement> = {
  mounted(list) {
    const onFocus = ({ target }: FocusEvent): void => {
      const own = kept.get(list)
      if (own === undefined || !(target instanceof HTMLElement)) return
      if (!itemsOf(list).includes(target)) return
      own.current = target
      settle(list)
    }
    const onKey = (event: KeyboardEvent): void => {
      const items = itemsOf(list)
      const at = items.findIndex((item) => item === document.activeElement)
      if (at < 0) return
      const next = nextOf(event.key, at, items.length)
      if (next === null) return
      event.preventDefault()
      items[next]?.focus()
    }
    list.addEventListener('focusin', onFocus)
    list.addEventListener('keydown', onKey)
    const stop = (): void => {
      list.removeEventListener('focusin', onFocus)
      list.removeEventListener('keydown', onKey)
    }
    kept.set(list, { current: null, stop })
    settle(list)
  },
  updated: settle,
  unmounted: (list) => kept.get(list)?.stop(),
  getSSRProps: () => ({}),
}

/** Where a key leads from one of `count` items; null where it leads nowhere. */
export function nextOf(key: string, at: number, count: number): number | null {
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const step = STEPS[key]
  return step === undefined ? null : Math.max(0, Math.min(count - 1, at + step))
}
