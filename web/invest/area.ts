/** What investors see: the market, its listings, their own money and bids. */
import { address, LISTING_ID } from '../app/address.ts'
import type { Area } from '../app/area.ts'
import { t, words } from './words/index.ts'

export const invest: Area = {
  words,
  routes: [
    {
      path: '/',
      component: () => import('./invest-layout.vue'),
      meta: { words },
      children: [
        {
          path: address.market,
          component: () => import('./market/market-page.vue'),
          meta: { title: () => t.value.market.title },
        },
        {
          path: `/listings/:listingId${LISTING_ID}`,
          component: () => import('./listing/listing-page.vue'),
          props: ({ params }) => ({ id: Number(params['listingId']) }),
          meta: { title: ({ listingId }) => t.value.listing.number(listingId ?? '') },
        },
        {
          path: address.portfolio,
          component: () => import('./portfolio/portfolio-page.vue'),
          meta: { title: () => t.value.portfolio.title },
        },
      ],
    },
  ],
}
