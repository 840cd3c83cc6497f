/** By which rules this build carries out commands. The journal carries the rules by which it is kept, and an
 *  engine of other ones does not speak in it. */
import {
  ACCOUNTS_MAX,
  APPROVALS_NEEDED,
  BIDS_ENDED_KNOWN_MAX,
  BIDS_OPEN_MAX,
  BIDS_PER_LISTING_MAX,
  CAUSED_ROWS_PER_ENTRY_MAX,
  KEY_AHEAD_MS_MAX,
  KEY_FRESH_MS,
  KEYS_KEPT_MAX,
  KEYS_PER_ACCOUNT_MAX,
  KEYS_PER_ACCOUNT_SHARE,
  LISTINGS_OPEN_MAX,
  REVIEW_MS_MAX,
  SOURCES_MAX,
  TIMED_ROWS_PER_ENTRY_MAX,
} from '../schema/index.ts'
import { Trace } from './digest/trace.ts'

/** Raised by one whenever the engine says anything else to the same journal. */
const RULES_VERSION = 3
/** The first version of the schema that has words for all that they say: an engine writes no former one. */
export const RULES_NEED_SCHEMA = 5

/** Every limit that decides what the engine says; a test looks that none is missing. Closed lists are not among
 *  them: they grow at their ends only, and what has a new name in it is an entry of a later schema version. */
export const RULING_LIMITS = {
  ACCOUNTS_MAX,
  APPROVALS_NEEDED,
  BIDS_ENDED_KNOWN_MAX,
  BIDS_OPEN_MAX,
  BIDS_PER_LISTING_MAX,
  CAUSED_ROWS_PER_ENTRY_MAX,
  KEY_AHEAD_MS_MAX,
  KEY_FRESH_MS,
  KEYS_KEPT_MAX,
  KEYS_PER_ACCOUNT_MAX,
  KEYS_PER_ACCOUNT_SHARE,
  LISTINGS_OPEN_MAX,
  REVIEW_MS_MAX,
  SOURCES_MAX,
  TIMED_ROWS_PER_ENTRY_MAX,
} as const

/** The version and a hash of the limits: equal for builds that say the same. */
export const RULES: string = `${RULES_VERSION}-${hashOf(RULING_LIMITS)}`

function hashOf(limits: Readonly<Record<string, number>>): string {
  const hash = new Trace()
  for (const [name, value] of Object.entries(limits)) {
    hash.text(name)
    hash.number(value)
  }
  return hash.hex()
}
