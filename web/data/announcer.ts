/** The one voice for screen readers: polite, and never more than once in a while. */
import { shallowRef } from 'vue'

const PAUSE_MS = 5_000

export const spoken = shallowRef('')
let waiting: { readonly text: string; readonly isOwn: boolean } | null = null
let isPausing = false

/** Says `text` as soon as the pause since the last words is over; only the newest waits. */
export function announce(text: string): void {
  say(text, false)
}

/** The same for the answer to what the visitor has just done: no news of the market takes its turn. */
export function announceOwn(text: string): void {
  say(text, true)
}

function say(text: string, isOwn: boolean): void {
  if (isPausing) {
    if (isOwn || waiting?.isOwn !== true) waiting = { text, isOwn }
    return
  }
  isPausing = true
  spoken.value = text
  setTimeout(() => {
    isPausing = false
    const next = waiting
    waiting = null
    if (next !== null) say(next.text, next.isOwn)
  }, PAUSE_MS)
}
