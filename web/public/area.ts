/** What anyone may read, signing in, and the page of addresses that lead nowhere. */
import { address, nextOf } from '../app/address.ts'
import type { Area } from '../app/area.ts'
import { ABOUT } from './about/pages.ts'
import { t, words } from './words/index.ts'

export const publicArea: Area = {
  words,
  routes: [
    {
      path: '/',
      component: () => import('./public-layout.vue'),
      meta: { words },
      children: [
        {
          path: address.signIn(),
          component: () => import('./sign-in/sign-in-page.vue'),
          props: ({ query }) => ({ next: nextOf(query['next']) }),
          meta: { title: () => t.value.signIn.title },
        },
        ...ABOUT.map(({ name, to }) => ({
          path: to,
          component: () => import('./about/about-page.vue'),
          props: { name },
          meta: { title: () => t.value.about[name].title, isAhead: true },
        })),
        {
          path: '/:unknown(.*)*',
          component: () => import('./unknown-page.vue'),
          meta: { title: () => t.value.unknownPage.title, isAhead: true },
        },
      ],
    },
  ],
}
