/** HTTP: the commands of `OPERATIONS` by POST with the same bodies, and the queries below.
 *
 *  | method and path             | body or query          | answer            |
 *  |-----------------------------|------------------------|-------------------|
 *  | POST /v1/persons            | registrationSchema     | SessionAnswer     |
 *  | POST /v1/sessions           | credentialsSchema      | SessionAnswer     |
 *  | DELETE /v1/sessions         |                        | {}                |
 *  | GET  /v1/me                 |                        | MeAnswer          |
 *  | GET  /v1/market             |                        | MarketAnswer      |
 *  | GET  /v1/listings           | listingsQuerySchema    | ListingsAnswer    |
 *  | GET  /v1/listings/{id}      |                        | ListingAnswer     |
 *  | GET  /v1/cash               |                        | CashAnswer        |
 *  | GET  /v1/bids               | bidsQuerySchema        | BidsAnswer        |
 *  | GET  /v1/outcomes/{key}     |                        | OutcomeReply      |
 *  | POST /v1/bids               | params of bid.place    | CommandReply      |
 *  | POST /v1/bids/cancel        | params of bid.cancel   | CommandReply      |
 *  | POST /v1/bids/batch         | params of bid.batch    | BatchReply        |
 *  | POST /v1/deposits           | params of cash.deposit | CommandReply      |
 *  | POST /v1/listings           | params of listing.open | CommandReply      |
 *
 *  A session's token goes into `Authorization: Bearer …`; the stage to wait for into `?ack=`. A refusal
 *  has its row's HTTP status and the body `{ "error": Reject }`. */
import { z } from 'zod'
import { BID_STATUSES, LISTING_STATUSES } from './channel.ts'
import type { BidRow, BookLevel, CashRow, FillRow, ListingRow } from './channel.ts'
import { PAGE_ROWS_MAX } from './limit.ts'
import type { Role } from './permission.ts'
import type { Reject } from './reject.ts'
import type { Sequence } from './unit.ts'

const password = z.string().min(10).max(200)
const email = z.email().max(254)

export const registrationSchema = z.strictObject({
  email,
  password,
  name: z.string().trim().min(1).max(100),
})
export const credentialsSchema = z.strictObject({ email, password: z.string().min(1).max(200) })

/** Query strings are text: numbers are read from it. */
const page = {
  limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(100),
  /** The id of the last row of the page before. */
  after: z.coerce.number().int().min(1).optional(),
}
export const listingsQuerySchema = z.strictObject({
  ...page,
  status: z.enum(LISTING_STATUSES).optional(),
})
export const bidsQuerySchema = z.strictObject({
  ...page,
  status: z.enum(BID_STATUSES).optional(),
})

export interface SessionAnswer {
  readonly token: string
  readonly accountId: number
  readonly name: string
  readonly roles: readonly Role[]
  readonly expiresAtMs: number
}
export interface MeAnswer {
  readonly accountId: number
  readonly email: string
  readonly name: string
  readonly roles: readonly Role[]
}
export interface MarketAnswer {
  readonly market: string
  readonly currency: string
  readonly epoch: number
  readonly sequence: Sequence
  readonly recorded: Sequence
  readonly settled: Sequence
  /** The investor that a newcomer may sign in as; null outside the demo market. */
  readonly demo: { readonly email: string; readonly password: string } | null
}
/** Newest first. */
export interface ListingsAnswer {
  readonly sequence: Sequence
  readonly listings: readonly ListingRow[]
  readonly nextAfter: number | null
}
export interface InstalmentRow {
  readonly number: number
  /** YYYY-MM-DD */
  readonly dueOn: string
  readonly principalMinor: number
  readonly interestMinor: number
}
export interface ListingAnswer {
  readonly sequence: Sequence
  readonly listing: ListingRow
  /** Best rate first; empty once closed. */
  readonly levels: readonly BookLevel[]
  /** Accepted bids, oldest first, the newest `PAGE_ROWS_MAX` of them. */
  readonly fills: readonly FillRow[]
  /** Once the loan is disbursed and its schedule is built. */
  readonly schedule: readonly InstalmentRow[] | null
}
export interface CashAnswer extends CashRow {
  readonly sequence: Sequence
  /** Principal of the loans that this account's bids have won. */
  readonly investedMinor: number
}
/** Newest first, as settled. */
export interface BidsAnswer {
  readonly sequence: Sequence
  readonly bids: readonly BidRow[]
  readonly nextAfter: number | null
}
export interface ErrorAnswer {
  readonly error: Reject
}
