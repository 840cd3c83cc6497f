/** A full listing waits for two reviewers, each of whom has a command to approve it and one to end it. With the second
 *  approval the loan is paid out in the same step. Nobody reviews what they borrow or lend in, nor twice. */
import { APPROVALS_NEEDED, assert, minor } from '../../schema/index.ts'
import type {
  ApproveListing,
  AtMs,
  ListingId,
  RejectCode,
  RejectListing,
} from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { answerTo } from '../keys/kept-answer.ts'
import { disburse } from '../loan/disburse.ts'
import type { Outcome } from '../outcome.ts'
import type { State } from '../state.ts'
import { letGo, rowsOf } from './closing.ts'
import type { Listing } from './listing.ts'
import { enterStage } from './open-bids.ts'
import type { RowBudget } from './row-budget.ts'

export function approveListing(
  state: State,
  reviewer: Account,
  command: ApproveListing,
  atMs: AtMs,
  budget: RowBudget,
): Outcome {
  const listing = toReview(state, reviewer, command.listingId, atMs)
  if (typeof listing === 'string') return listing
  const approvals = listing.approvedBy === 0 ? 1 : APPROVALS_NEEDED
  const approved = answerTo<'ApproveListing'>(command, approvals)
  if (approvals < APPROVALS_NEEDED) {
    enterStage(state, listing, { approvedBy: reviewer.accountId })
    return [approved]
  }
  if (!budget.take(rowsOf(listing))) return 'busy'
  return [approved, disburse(state, listing)]
}

export function rejectListing(
  state: State,
  reviewer: Account,
  command: RejectListing,
  atMs: AtMs,
  budget: RowBudget,
): Outcome {
  const listing = toReview(state, reviewer, command.listingId, atMs)
  if (typeof listing === 'string') return listing
  if (!budget.take(rowsOf(listing))) return 'busy'
  const { fundedMinor, bidCount } = listing.book
  const rejected = answerTo<'RejectListing'>(command, minor(fundedMinor), bidCount)
  return [rejected, letGo(state, listing, 'rejected')]
}

/** The listing, or why this reviewer cannot review it. */
function toReview(
  state: State,
  { accountId }: Account,
  listingId: ListingId,
  atMs: AtMs,
): Listing | RejectCode {
  const listing = state.listings.get(listingId)
  if (listing === undefined)
    return listingId < state.nextListingId ? 'listing-not-full' : 'listing-unknown'
  const { stage, reviewByMs, approvedBy, borrowerId, book } = listing
  if (stage !== 'full' || reviewByMs <= atMs) return 'listing-not-full'
  assert(APPROVALS_NEEDED === 2, 'the first of two reviewers is remembered')
  const isPartial =
    accountId === borrowerId ||
    accountId === approvedBy ||
    book.bids().some(({ account }) => account.accountId === accountId)
  return isPartial ? 'reviewer-not-independent' : listing
}
