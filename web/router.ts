/** The addresses of the app, over the browser's own history. A page is a row in `Route`. */
import { shallowRef } from 'vue'

export type Route =
  | { readonly kind: 'market' }
  | { readonly kind: 'listing'; readonly listingId: number }
  | { readonly kind: 'portfolio' }
  | { readonly kind: 'sign-in'; readonly next: string }
  | { readonly kind: 'unknown' }

/** Where an address leads. `next` stays inside the app: a path of ours, never another site. */
export function matchRoute(path: string, query = ''): Route {
  if (path === '/') return { kind: 'market' }
  if (path === '/portfolio') return { kind: 'portfolio' }
  if (path === '/sign-in') {
    const next = new URLSearchParams(query).get('next') ?? '/'
    return { kind: 'sign-in', next: /^\/(?![/\\])/.test(next) ? next : '/' }
  }
  const listing = /^\/listings\/([1-9][0-9]{0,14})$/.exec(path)
  if (listing !== null) return { kind: 'listing', listingId: Number(listing[1]) }
  return { kind: 'unknown' }
}

export const route = shallowRef<Route>({ kind: 'market' })

function read(): void {
  route.value = matchRoute(location.pathname, location.search)
}

/** Goes to an address of ours. */
export function navigate(path: string): void {
  scrolled.set(history.state, scrollY)
  history.pushState(++visit, '', path)
  read()
}

/** Where each visited page had been scrolled to. */
const scrolled = new Map<unknown, number>()
let visit = 0

/** The place to scroll to for the page that is shown now: where it was left, or its top. */
export function scrollPlace(): number {
  return scrolled.get(history.state) ?? 0
}

/** Follows the browser's back and forward, and plain clicks on our own links. */
export function startRouter(): void {
  history.scrollRestoration = 'manual'
  visit = Number(history.state ?? 0)
  history.replaceState(visit, '')
  addEventListener('popstate', read)
  document.addEventListener('click', (event) => {
    const path = ownPath(event)
    if (path === null) return
    event.preventDefault()
    navigate(path)
  })
  read()
}

/** The path a plain click leads to inside the app; null when the browser should handle it. */
function ownPath(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link === null || link.target !== '' || link.origin !== location.origin) return null
  if (link.hash !== '' && link.pathname === location.pathname) return null
  return link.pathname + link.search
}
