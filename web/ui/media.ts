/** What kind of screen this is, for the few things that CSS alone cannot decide. */
import { shallowRef } from 'vue'

function follow(query: string) {
  // Pages that are rendered ahead are for no screen in particular.
  if (import.meta.env.SSR) return shallowRef(false)
  const list = matchMedia(query)
  const matches = shallowRef(list.matches)
  list.addEventListener('change', () => {
    matches.value = list.matches
  })
  return matches
}

export const isPhone = follow('(width < 760px)')
export const isTouch = follow('(pointer: coarse)')
export const isDark = follow('(prefers-color-scheme: dark)')
