/** The app's addresses without the app: what matches where. */
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Router } from 'vue-router'
import { borrow } from '../../web/borrow/area.ts'
import { desk } from '../../web/desk/area.ts'
import { invest } from '../../web/invest/area.ts'
import { publicArea } from '../../web/public/area.ts'

export function createMatcher(): Router {
  return createRouter({
    history: createMemoryHistory(),
    routes: [invest, borrow, desk, publicArea].flatMap(({ routes }) => routes),
  })
}
