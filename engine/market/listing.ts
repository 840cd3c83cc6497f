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

/** A listing on its way: its terms, which never change, its book, and how far it is. */
export interface Listing {
  readonly listingId: ListingId
  readonly borrowerId: AccountId
  readonly mode: FundingMode
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
  readonly termMonths: number
  readonly minBidMinor: Minor
  readonly openedAtMs: AtMs
  /** From when on bids are taken; when it was put on the market, unless it was scheduled. */
  readonly opensAtMs: AtMs
  readonly closesAtMs: AtMs
  /** With so much it is funded at its closing time: its amount unless the borrower takes less. */
  readonly floorMinor: number
  readonly grade: Grade
  readonly purpose: Purpose
  readonly book: Book
  stage: ListingStage
  /** Who has reviewed it first, once it is full; 0: nobody yet. */
  approvedBy: AccountId | 0
  /** Until when it may be reviewed, once it is full. */
  reviewByMs: AtMs | 0
  /** Its place in the queue of what time brings about. */
  timerPlace: number
}

/** `scheduled` until its bidding opens, `full` from the moment on at which nothing changes in its book any more. */
export const LISTING_STAGES = ['scheduled', 'open', 'full'] as const
export type ListingStage = (typeof LISTING_STAGES)[number]

/** True: nothing is missing, and it only waits for an entry that may close it. */
export function isComplete({ book, stage }: Listing): boolean {
  return stage === 'open' && book.isComplete
}

/** When time brings about the next for it: its bidding opens, it closes, its reviews have taken too long. 0, before all
 *  whose time has come, when it is complete. */
export function dueAtMs(listing: Listing): number {
  switch (listing.stage) {
    case 'scheduled':
      return listing.opensAtMs
    case 'open':
      return listing.book.isComplete ? 0 : listing.closesAtMs
    case 'full':
      return listing.reviewByMs
  }
}
