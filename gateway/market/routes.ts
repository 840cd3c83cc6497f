/** The market over HTTP. */
import type { Handlers } from '../http/handling.ts'
import { listBids } from './records.ts'
import { listingAnswer, listingsAnswer } from './listing-queries.ts'

export const marketRoutes = {
  'GET /v1/market': (_, { market }) => market(),

  'GET /v1/listings': ({ query }, { feed, records }) => listingsAnswer(query, feed.view, records),

  'GET /v1/listings/{listingId}': ({ path }, { feed, records }) =>
    listingAnswer(path.listingId, feed.view, records),

  'GET /v1/bids': async ({ session, query }, { records, market }) => {
    const sequence = market().settled
    const bids = await listBids(records, session.accountId, query)
    const nextAfter = bids.length === query.limit ? (bids.at(-1)?.bidId ?? null) : null
    return { sequence, bids, nextAfter }
  },

  'GET /v1/bids/{bidId}': ({ session, path }, { ownBids }) =>
    ownBids.get(session.accountId, path.bidId),

  'GET /v1/bids/by-key/{key}': ({ session, path }, { ownBids }) =>
    ownBids.find(session.accountId, path.key),
} satisfies Partial<Handlers>
