/** How much a market holds and how much one entry may bring about. Every engine of a market has the same,
 *  from schema/limit.ts; tests make them small, and lower them under a market that holds more already:
 *  what is above a limit stays, and only what comes new is refused. */
import {
  ACCOUNTS_MAX,
  BIDS_ENDED_KNOWN_MAX,
  BIDS_OPEN_MAX,
  BIDS_PER_LISTING_MAX,
  CAUSED_ROWS_PER_ENTRY_MAX,
  KEY_FRESH_MS,
  KEYS_KEPT_MAX,
  KEYS_PER_ACCOUNT_MAX,
  KEYS_PER_ACCOUNT_SHARE,
  LISTINGS_OPEN_MAX,
  REVIEW_MS_MAX,
  SOURCES_MAX,
  TIMED_ROWS_PER_ENTRY_MAX,
} from '../schema/index.ts'

export interface MarketLimits {
  readonly accountsMax: number
  readonly listingsOpenMax: number
  readonly bidsOpenMax: number
  readonly bidsPerListingMax: number
  readonly bidsEndedKnownMax: number
  readonly keysPerAccountShare: number
  readonly keysPerAccountMax: number
  readonly keysKeptMax: number
  readonly keyFreshMs: number
  readonly reviewMsMax: number
  readonly sourcesMax: number
  readonly timedRowsMax: number
  readonly causedRowsMax: number
}

export const MARKET_LIMITS: MarketLimits = {
  accountsMax: ACCOUNTS_MAX,
  listingsOpenMax: LISTINGS_OPEN_MAX,
  bidsOpenMax: BIDS_OPEN_MAX,
  bidsPerListingMax: BIDS_PER_LISTING_MAX,
  bidsEndedKnownMax: BIDS_ENDED_KNOWN_MAX,
  keysPerAccountShare: KEYS_PER_ACCOUNT_SHARE,
  keysPerAccountMax: KEYS_PER_ACCOUNT_MAX,
  keysKeptMax: KEYS_KEPT_MAX,
  keyFreshMs: KEY_FRESH_MS,
  reviewMsMax: REVIEW_MS_MAX,
  sourcesMax: SOURCES_MAX,
  timedRowsMax: TIMED_ROWS_PER_ENTRY_MAX,
  causedRowsMax: CAUSED_ROWS_PER_ENTRY_MAX,
}
