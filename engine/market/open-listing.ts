import { atMs, listingId, misfitOf } from '../../schema/index.ts'
import type { AtMs, OpenListing } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { answerTo } from '../keys/kept-answer.ts'
import { listingTerm } from '../digest/digest.ts'
import type { State } from '../state.ts'
import type { Outcome } from '../outcome.ts'

export function openListing(
  state: State,
  borrower: Account,
  command: OpenListing,
  nowMs: AtMs,
): Outcome {
  const { listingsOpenMax, bidsPerListingMax: bidsMax } = state.limits
  if (misfitOf(command, bidsMax) !== null) return 'listing-terms-invalid'
  if (state.listings.size >= listingsOpenMax) return 'market-full'
  const id = state.nextListingId
  state.nextListingId = listingId(id + 1)
  const listing = {
    listingId: id,
    borrowerId: borrower.accountId,
    mode: command.mode,
    amountMinor: command.amountMinor,
    ratePpm: command.ratePpm,
    termMonths: command.termMonths,
    minBidMinor: command.minBidMinor,
    openedAtMs: nowMs,
    closesAtMs: atMs(nowMs + command.openMs),
    grade: command.grade,
    purpose: command.purpose,
    book: state.books[command.mode]({ ...command, bidsMax }),
    closingPlace: 0,
  }
  state.listings.set(id, listing)
  state.closings.add(listing)
  state.digest.add(listingTerm(id, 0, 0))
  return [answerTo<'OpenListing'>(command, id, listing.closesAtMs)]
}
