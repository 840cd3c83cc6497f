/** Starts the app: choices of the visitor, then the feed, then the page. The styles come first, so that
 *  the order of their layers is known before any component adds to one. */
import './base.css'
import '@fontsource-variable/inter/wght.css'
import './tokens.css'
import { createApp } from 'vue'
import App from './app.vue'
import { startClock } from './feed/clock.ts'
import { startFeed } from './feed/index.ts'
import { followLocale } from './i18n/index.ts'
import { startRouter } from './router.ts'
import { followSession } from './session.ts'
import { followTheme } from './theme.ts'

followLocale()
followTheme()
followSession()
startFeed()
startClock()
startRouter()
createApp(App).mount('#app')
