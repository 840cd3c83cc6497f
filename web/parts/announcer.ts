/** The one voice for screen readers: polite, and never more than once in a while. */
import { shallowRef } from 'vue'

const PAUSE_MS = 5_000

export const spoken = shallowRef('')
let waiting: string | null = null
let isPausing = false

/** Says `text` as soon as the pause since the last words is over; only the newest waits. */
export function announce(text: string): void {
  if (isPausing) {
    waiting = text
    return
  }
  isPausing = true
  spoken.value = text
  setTimeout(() => {
    isPausing = false
    const next = waiting
    waiting = null
    if (next !== null) announce(next)
  }, PAUSE_MS)
}
