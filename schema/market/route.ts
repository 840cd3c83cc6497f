/** The market over HTTP. */
import { z } from 'zod'
import { position, rate } from '../declare/field.ts'
import { commandRoute, route } from '../declare/route.ts'
import { digits, said } from '../declare/shape.ts'
import type { Said } from '../declare/shape.ts'
import { keySchema } from '../key.ts'
import { PAGE_ROWS_MAX, RECORDS_PRICE } from '../limit.ts'
import { instalmentRow } from '../loan/row.ts'
import type { BidId, ListingId } from '../unit.ts'
import { MARKET_OPERATIONS } from './operation.ts'
import { bidReply, bidRow, bookLevel, fillRow, listingRow } from './row.ts'
import { BID_STATUSES, LISTING_STATUSES } from './terms.ts'

const SAFE = Number.MAX_SAFE_INTEGER
const PAGE_ROWS = 100

const page = {
  limit: digits(1, PAGE_ROWS_MAX).default(PAGE_ROWS).describe('Rows at most.'),
  after: digits(1, SAFE).optional().describe('The id of the last row of the page before.'),
}
const nextAfter = z
  .int()
  .min(1)
  .nullable()
  .describe('To be asked for with `after`; null: that was the last page.')
const asOf = said(position('The answer is as of this sequence.'))

const marketAnswer = z.strictObject({
  market: z.string().describe('Its name.'),
  currency: z.string().describe('ISO 4217.'),
  epoch: z.int().min(0).describe('Another epoch is another journal.'),
  sequence: said(position('How far the journal is.')),
  recorded: said(position('How far its record in Postgres is.')),
  settled: said(position('How far the ledger is.')),
  demo: z
    .strictObject({ email: z.string(), password: z.string() })
    .nullable()
    .describe('The investor that a newcomer may sign in as; null outside the demo market.'),
})
export type MarketAnswer = Said<typeof marketAnswer>

const listingsAnswer = z.strictObject({
  sequence: asOf,
  listings: z.array(listingRow).describe('Newest first.'),
  nextAfter,
})
export type ListingsAnswer = Said<typeof listingsAnswer>

const listingAnswer = z.strictObject({
  sequence: asOf,
  listing: listingRow,
  levels: z.array(bookLevel).describe('Best rate first; empty once closed.'),
  fills: z.array(fillRow).describe(`Accepted bids, newest first, ${PAGE_ROWS_MAX} at most.`),
  vcgRatePpm: said(
    rate(
      'What a uniform auction would pay its lenders by the rule of Vickrey, Clarke and Groves, of bids as settled.',
    ),
  )
    .nullable()
    .describe('Beside the clearing rate of a uniform auction; null in other modes.'),
  schedule: z
    .array(instalmentRow)
    .nullable()
    .describe('Once the loan is disbursed and its schedule is built.'),
})
export type ListingAnswer = Said<typeof listingAnswer>

const bidsAnswer = z.strictObject({
  sequence: asOf,
  bids: z.array(bidRow).describe('Newest first, as settled.'),
  nextAfter,
})
export type BidsAnswer = Said<typeof bidsAnswer>

export const MARKET_ROUTES = {
  'GET /v1/market': route({
    access: 'anyone',
    paidFrom: 'queries',
    name: 'market.get',
    about: 'The market, and how far it has come.',
    reply: marketAnswer,
  }),
  'GET /v1/listings': route({
    access: 'anyone',
    paidFrom: 'queries',
    price: RECORDS_PRICE,
    name: 'listing.list',
    about: 'Listings: open ones as of this moment, closed ones as settled.',
    query: z.strictObject({
      status: z.enum(LISTING_STATUSES).optional().describe('Only those.'),
      ...page,
    }),
    reply: listingsAnswer,
  }),
  'GET /v1/listings/{listingId}': route({
    access: 'anyone',
    paidFrom: 'queries',
    price: RECORDS_PRICE,
    name: 'listing.get',
    about: 'One listing with its book, its fills and the schedule of its loan.',
    path: z.strictObject({ listingId: digits<ListingId>(1, SAFE).describe('The listing.') }),
    otherwise: 'listing-unknown',
    reply: listingAnswer,
  }),
  'GET /v1/bids': route({
    access: 'own.read',
    paidFrom: 'queries',
    price: RECORDS_PRICE,
    name: 'bid.list',
    about: "One's own bids, as settled.",
    query: z.strictObject({
      status: z.enum(BID_STATUSES).optional().describe('Only those.'),
      ...page,
    }),
    reply: bidsAnswer,
  }),
  'GET /v1/bids/{bidId}': route({
    access: MARKET_OPERATIONS['bid.get'].access,
    paidFrom: 'queries',
    price: RECORDS_PRICE,
    name: 'bid.get',
    about: MARKET_OPERATIONS['bid.get'].about,
    path: z.strictObject({ bidId: digits<BidId>(1, SAFE).describe('The bid.') }),
    otherwise: 'bid-unknown',
    reply: bidReply,
  }),
  'GET /v1/bids/by-key/{key}': route({
    access: MARKET_OPERATIONS['bid.find'].access,
    paidFrom: 'queries',
    price: RECORDS_PRICE,
    name: 'bid.find',
    about: MARKET_OPERATIONS['bid.find'].about,
    path: z.strictObject({ key: keySchema.describe('The key of the command that placed it.') }),
    reply: bidReply,
  }),
  'POST /v1/bids': commandRoute('bid.place', MARKET_OPERATIONS['bid.place']),
  'POST /v1/bids/cancel': commandRoute('bid.cancel', MARKET_OPERATIONS['bid.cancel']),
  'POST /v1/bids/amend': commandRoute('bid.amend', MARKET_OPERATIONS['bid.amend']),
  'POST /v1/bids/batch': commandRoute('bid.batch', MARKET_OPERATIONS['bid.batch']),
  'POST /v1/listings': commandRoute('listing.open', MARKET_OPERATIONS['listing.open']),
  'POST /v1/listings/approve': commandRoute(
    'listing.approve',
    MARKET_OPERATIONS['listing.approve'],
  ),
  'POST /v1/listings/reject': commandRoute('listing.reject', MARKET_OPERATIONS['listing.reject']),
  'POST /v1/listings/withdraw': commandRoute(
    'listing.withdraw',
    MARKET_OPERATIONS['listing.withdraw'],
  ),
} as const
