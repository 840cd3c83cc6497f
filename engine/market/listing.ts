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
