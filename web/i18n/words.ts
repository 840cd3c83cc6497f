/** The language in use, and the words of the shell and of each area in it. Only the language in use is
 *  loaded: another one comes, whole, before it is spoken. */
import { computed, shallowReactive, shallowRef } from 'vue'
import type { ComputedRef } from 'vue'
import { remembered } from '../data/remembered.ts'
import type { Messages } from './en.ts'
import type { Locale } from './format.ts'

export const LOCALES = ['en', 'zh-CN'] as const satisfies readonly Locale[]

type Catalogues<Own> = Readonly<Record<Locale, () => Promise<Own>>>

/** A set of words that is loaded when it is needed. */
export interface Words<All> {
  readonly load: (locale: Locale) => Promise<void>
  /** In the language in use. Reading it before `load` has come back is an error. */
  readonly t: ComputedRef<All>
}

export const locale = shallowRef<Locale>('en')

/** What was asked for last. */
let wanted: Locale = 'en'

/** The sets that someone has asked for: a change of language waits for each of them. */
const inUse = new Set<(locale: Locale) => Promise<void>>()

function createWords<Own extends object>(catalogues: Catalogues<Own>): Words<Own> {
  const known = shallowReactive(new Map<Locale, Own>())
  const load = async (asked: Locale): Promise<void> => {
    inUse.add(load)
    if (!known.has(asked)) known.set(asked, await catalogues[asked]())
  }
  const t = computed(() => {
    const found = known.get(locale.value)
    if (found === undefined) throw new Error(`words in ${locale.value} are not loaded`)
    return found
  })
  return { load, t }
}

export const shared = createWords<Messages>({
  en: () => import('./en.ts').then((file) => file.en),
  'zh-CN': () => import('./zh-cn.ts').then((file) => file.zhCn),
})

/** The words of an area. What it says together with every area is in `t` too, so that a page asks in
 *  one place; a name cannot mean two things. */
export function defineWords<Own extends object>(
  catalogues: Catalogues<Own & Partial<Record<keyof Messages, never>>>,
): Words<Own & Messages> {
  const own = createWords<Own>(catalogues)
  const t = computed(() => ({ ...shared.t.value, ...own.t.value }))
  return { load: own.load, t }
}

/** Loads all that is in use in a language, then speaks it. Whoever moves on meanwhile brings more into use, and
 *  whoever changes their mind is spoken to as they said last. */
export async function speak(next: Locale): Promise<void> {
  wanted = next
  let loaded: number
  do {
    loaded = inUse.size
    await Promise.all([shared.load(next), ...[...inUse].map((load) => load(next))])
  } while (inUse.size > loaded)
  if (wanted === next) locale.value = next
}

/** The visitor's choice, else what the page was served in, else what the browser asks for. */
export function preferredLocale(): Locale {
  const kept = remembered.read('locale')
  if (kept === 'en' || kept === 'zh-CN') return kept
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en'
}
