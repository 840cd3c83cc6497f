/** What borrowers see. */
import { address } from '../app/address.ts'
import type { Area } from '../app/area.ts'
import { t, words } from './words/index.ts'

export const borrow: Area = {
  words,
  routes: [
    {
      path: address.borrow,
      component: () => import('./borrow-layout.vue'),
      meta: { words },
      children: [
        {
          path: '',
          component: () => import('./cost/cost-page.vue'),
          meta: { title: () => t.value.borrow.title, isAhead: true },
        },
      ],
    },
  ],
}
