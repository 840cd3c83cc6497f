/** Light, dark, or as the system says; kept between visits. */
import { ref, watchEffect } from 'vue'
import { remembered } from '../data/remembered.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

function kept(): Theme {
  const value = remembered.read('theme')
  return value === 'light' || value === 'dark' ? value : 'system'
}

export const theme = ref<Theme>(kept())

export function followTheme(): void {
  watchEffect(() => {
    document.documentElement.dataset['theme'] = theme.value
    remembered.write('theme', theme.value)
  })
}
