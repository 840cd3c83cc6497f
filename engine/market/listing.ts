import type {
  AccountId,
  AtMs,
  FundingMode,
  Grade,
  ListingId,
  Minor,
  Purpose,
  RatePpm,
} from '../../schema/index.ts'
import type { Book } from './book/book.ts'

/** An open listing: its terms, which never change, and its book. */
export interface Listing {
  readonly listingId: ListingId
  readonly borrowerId: AccountId
  readonly mode: FundingMode
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
  readonly termMonths: number
  readonly minBidMinor: Minor
  readonly openedAtMs: AtMs
  readonly closesAtMs: AtMs
  readonly grade: Grade
  readonly purpose: Purpose
  readonly book: Book
  /** Its place in the queue of closings. */
  closingPlace: number
}

/** True: nothing is missing, and it only waits for an entry that may close it. */
export function isComplete({ book, amountMinor }: Listing): boolean {
  return book.closesWhenCovered && book.fundedMinor === amountMinor
}

/** When it is to be closed: 0, before all whose time has come, when it is complete. */
export function dueAtMs(listing: Listing): number {
  return isComplete(listing) ? 0 : listing.closesAtMs
}
