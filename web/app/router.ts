/** The addresses of the app. Each area declares its own pages; here they come together, and here it is
 *  decided what happens when a page cannot be loaded. */
import { shallowRef } from 'vue'
import { createMemoryHistory, createRouter, createWebHistory } from 'vue-router'
import type { RouteLocationNormalized, Router } from 'vue-router'
import { borrow } from '../borrow/area.ts'
import { desk } from '../desk/area.ts'
import type { Locale } from '../i18n/format.ts'
import { locale } from '../i18n/index.ts'
import { invest } from '../invest/area.ts'
import { publicArea } from '../public/area.ts'
import type { Area } from './area.ts'
import { reloadOnce, forgetReload } from './reload.ts'

/** The public area is last: what no other knows is its page for unknown addresses. */
export const AREAS: readonly Area[] = [invest, borrow, desk, publicArea]

/** What stands between the visitor and a page: a part of it that could not be loaded. */
export const failure = shallowRef<'chunk' | null>(null)

export const router: Router = createRouter({
  history: import.meta.env.SSR ? createMemoryHistory() : createWebHistory(),
  routes: AREAS.flatMap(({ routes }) => routes),
  scrollBehavior: (to, from, saved) => {
    if (saved !== null) return { ...saved, behavior: 'instant' }
    return to.path === from.path ? false : { top: 0, behavior: 'instant' }
  },
})

/** Words come beside the page's own chunk, not after it. */
router.beforeEach((to) => {
  failure.value = null
  wordsOf(to, locale.value).catch(() => undefined)
})
/** In the language that is spoken by now: it may have changed while the page came. What is there already is not
 *  asked for again. */
router.beforeResolve(async (to) => {
  let spoken: Locale
  do {
    spoken = locale.value
    await wordsOf(to, spoken)
  } while (spoken !== locale.value)
})

async function wordsOf({ matched }: RouteLocationNormalized, language: Locale): Promise<void> {
  await Promise.all(matched.map(async ({ meta }) => meta.words?.load(language)))
}
router.afterEach((_to, _from, fault) => {
  if (fault === undefined) forgetReload()
})

/** A chunk that is not there is most likely of an older build: the page is loaded anew, once. If that
 *  does not help either, it is said what to do. */
router.onError((_error, to) => {
  if (!reloadOnce(to.fullPath)) failure.value = 'chunk'
})

/** Plain clicks on our own links go through the router, so that a link is a link everywhere. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    const path = ownPath(event)
    if (path === null) return
    event.preventDefault()
    void router.push(path)
  })
}

/** The path a plain click leads to inside the app; null when the browser should handle it. */
function ownPath(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link === null || link.target !== '' || link.origin !== location.origin) return null
  if (link.hasAttribute('download') || link.pathname.startsWith('/v1/')) return null
  if (link.hash !== '' && link.pathname === location.pathname) return null
  return link.pathname + link.search + link.hash
}
