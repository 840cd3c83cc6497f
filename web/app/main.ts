/** Starts the app: choices of the visitor, then the feed, then the page. The styles come first, so that
 *  the order of their layers is known before any component adds to one. */
import '../ui/base.css'
import '../ui/font.css'
import '../ui/tokens.css'
import { createApp } from 'vue'
import { startClock } from '../data/feed/clock.ts'
import { startFeed } from '../data/feed/index.ts'
import { followSession } from '../data/session.ts'
import { followLocale, preferredLocale, speak } from '../i18n/index.ts'
import { followTheme } from '../ui/theme.ts'
import App from './app.vue'
import { reloadOnce } from './reload.ts'
import { followLinks, router } from './router.ts'

/** Without its words the app cannot say in which language it failed: in both. */
function sayUnloadable(): void {
  const place = document.querySelector('#app')
  if (place !== null)
    place.textContent =
      'Lendbook could not be loaded. Load this page again. · 页面未能加载，请重新加载。'
}

followTheme()
followSession()
startFeed()
startClock()
followLinks()
try {
  await speak(preferredLocale())
  followLocale()
} catch (error) {
  if (!reloadOnce(location.pathname + location.search)) sayUnloadable()
  throw error
}
const app = createApp(App).use(router)
// What was rendered ahead stays until the page itself is there.
await router.isReady().catch(() => undefined)
app.mount('#app')
