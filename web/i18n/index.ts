/** The language in use, its words and its formats. Screens read `t` and `format` and nothing else. */
import { computed, ref, shallowRef, watchEffect } from 'vue'
import { remembered } from '../remembered.ts'
import type { RejectCode } from '../vocabulary.ts'
import { en } from './en.ts'
import type { Messages } from './en.ts'
import { createFormat } from './format.ts'
import type { Locale } from './format.ts'
import { rejectWords } from './reject-words.ts'
import { zhCn } from './zh-cn.ts'

export const catalogues: Record<Locale, Messages> = { en, 'zh-CN': zhCn }

function preferred(): Locale {
  const kept = remembered.read('locale')
  if (kept === 'en' || kept === 'zh-CN') return kept
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en'
}

export const locale = ref<Locale>(preferred())
/** Set by the gateway's hello. */
export const currency = shallowRef('USD')
export const t = computed(() => catalogues[locale.value])
export const format = computed(() => createFormat(locale.value, currency.value))

/** The words of a refusal in the language in use. */
export function rejectText(code: RejectCode): string {
  return rejectWords(code, locale.value)
}

/** Says the language to the document and keeps the choice. */
export function followLocale(): void {
  watchEffect(() => {
    document.documentElement.lang = locale.value
    remembered.write('locale', locale.value)
  })
}
