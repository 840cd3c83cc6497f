/** What the staff works with. */
import { address, LISTING_ID } from '../app/address.ts'
import type { Area } from '../app/area.ts'
import { t, words } from './words/index.ts'

export const desk: Area = {
  words,
  routes: [
    {
      path: address.desk,
      component: () => import('./desk-layout.vue'),
      meta: { words, permission: 'listing.withdraw' },
      children: [
        {
          path: '',
          component: () => import('./listings/queue-page.vue'),
          meta: { title: () => t.value.listings.title },
        },
        {
          path: 'listings/open',
          component: () => import('./listings/open-page.vue'),
          meta: { title: () => t.value.publish.title, permission: 'listing.open' },
        },
        {
          path: `listings/:listingId${LISTING_ID}`,
          component: () => import('./listings/record-page.vue'),
          props: ({ params }) => ({ id: Number(params['listingId']) }),
          meta: { title: ({ listingId }) => t.value.listings.number(listingId ?? '') },
        },
      ],
    },
    // The patterns in all their states: for those who build pages.
    ...(import.meta.env.DEV
      ? [
          {
            path: address.patterns,
            component: () => import('./patterns/patterns-page.vue'),
            meta: { words, title: () => 'Patterns' },
          },
        ]
      : []),
  ],
}
