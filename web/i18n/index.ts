/** What every screen speaks with: the shell's words, numbers, money and times. An area's pages read `t`
 *  from their own `words/`. */
import { computed, shallowRef, watchEffect } from 'vue'
import { remembered } from '../data/remembered.ts'
import type { RejectCode } from '../data/vocabulary.ts'
import { createFormat } from './format.ts'
import { locale, shared } from './words.ts'

export { locale, LOCALES, preferredLocale, speak } from './words.ts'
export const t = shared.t
/** Set by the gateway's hello. */
export const currency = shallowRef('USD')
export const format = computed(() => createFormat(locale.value, currency.value))

/** The words of a refusal in the language in use. */
export function rejectText(code: RejectCode): string {
  return t.value.rejects[code]
}

/** Says the language to the document and keeps the choice. */
export function followLocale(): void {
  watchEffect(() => {
    document.documentElement.lang = locale.value
    remembered.write('locale', locale.value)
  })
}
