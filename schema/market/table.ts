/** The rows of the market: listings and bids as people read them. */
import {
  bigint,
  derived,
  integer,
  nullable,
  oneOf,
  table,
  timestamp,
  uuid,
} from '../declare/table.ts'
import {
  BID_RANKS,
  BID_STATUSES,
  FUNDING_MODES,
  GRADES,
  LISTING_STATUSES,
  PURPOSES,
} from './terms.ts'

export const LISTING = table('listing', {
  columns: {
    listing_id: bigint(),
    borrower_id: bigint(),
    mode: oneOf(FUNDING_MODES),
    status: oneOf(LISTING_STATUSES),
    amount_minor: bigint(),
    /** What the book accepts, and of how many bids; once closed, as it was then. */
    funded_minor: bigint(),
    rate_ppm: integer(),
    clearing_rate_ppm: nullable(integer()),
    term_months: integer(),
    min_bid_minor: bigint(),
    bid_count: integer(),
    grade: oneOf(GRADES),
    purpose: oneOf(PURPOSES),
    opened_at: timestamp(),
    closes_at: timestamp(),
    closed_at: nullable(timestamp()),
    /** With so much it is funded; null: with all of it. */
    floor_minor: nullable(bigint()),
    /** When its bidding opens; null: when it was put on the market. */
    opens_at: nullable(timestamp()),
    /** Once it is full. */
    vcg_rate_ppm: nullable(integer()),
    /** Who has approved it first. */
    approved_by: nullable(bigint()),
    /** Until when it may be reviewed. */
    review_by: nullable(timestamp()),
  },
  key: ['listing_id'],
  changes: {
    state: ['funded_minor', 'bid_count', 'status', 'clearing_rate_ppm', 'closed_at'],
    /** Once, when it is full. */
    full: ['vcg_rate_ppm', 'review_by'],
    review: ['approved_by'],
  },
  origin: derived(),
})

export const BID = table('bid', {
  columns: {
    bid_id: bigint(),
    listing_id: bigint(),
    account_id: bigint(),
    amount_minor: bigint(),
    /** What is in the book now; what was won, once won. */
    accepted_minor: bigint(),
    /** What was taken into the book at first. */
    placed_minor: bigint(),
    /** At which rate that was; null in rows of the build before: `rate_ppm`. */
    placed_rate_ppm: nullable(integer()),
    rate_ppm: integer(),
    status: oneOf(BID_STATUSES),
    placed_at: timestamp(),
    closed_at: nullable(timestamp()),
    /** Its place in time among equal rates; null: that of its id, as it is unless the bid was amended. */
    place: nullable(bigint()),
    /** Of the command that placed it; null where the record does not say it. */
    key: nullable(uuid()),
    /** The least that is to be taken in and to stay; null: the smallest bid of its listing. */
    min_fill_minor: nullable(bigint()),
    /** Where it stands; null: by its rate. */
    rank: nullable(oneOf(BID_RANKS)),
  },
  key: ['bid_id'],
  changes: {
    state: ['accepted_minor', 'status', 'closed_at'],
    /** Only when it is amended. */
    terms: ['amount_minor', 'rate_ppm', 'place'],
  },
  origin: derived({}, { placed_rate_ppm: 'rate_ppm' }),
})
