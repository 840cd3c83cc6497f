import { atMs, listingId, misfitOf } from '../../schema/index.ts'
import type { AtMs, OpenListing } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import { answerTo } from '../keys/kept-answer.ts'
import { listingTerm, stageTerm } from '../digest/digest.ts'
import type { State } from '../state.ts'
import type { Outcome } from '../outcome.ts'

export function openListing(
  state: State,
  borrower: Account,
  command: OpenListing,
  nowMs: AtMs,
): Outcome {
  const { listingsOpenMax, bidsPerListingMax: bidsMax } = state.limits
  const { amountMinor, floorMinor, opensInMs } = command
  if (misfitOf(command, bidsMax) !== null) return 'listing-terms-invalid'
  if (state.listings.size >= listingsOpenMax) return 'market-full'
  const id = state.nextListingId
  state.nextListingId = listingId(id + 1)
  const listing = {
    listingId: id,
    borrowerId: borrower.accountId,
    mode: command.mode,
    amountMinor,
    ratePpm: command.ratePpm,
    termMonths: command.termMonths,
    minBidMinor: command.minBidMinor,
    openedAtMs: nowMs,
    opensAtMs: atMs(nowMs + opensInMs),
    closesAtMs: atMs(nowMs + opensInMs + command.openMs),
    floorMinor: floorMinor === 0 ? amountMinor : floorMinor,
    grade: command.grade,
    purpose: command.purpose,
    book: state.books[command.mode]({ ...command, bidsMax }),
    stage: opensInMs > 0 ? ('scheduled' as const) : ('open' as const),
    approvedBy: 0 as const,
    reviewByMs: 0 as const,
    timerPlace: 0,
  }
  state.listings.set(id, listing)
  state.timers.add(listing)
  state.digest.add(listingTerm(id, 0, 0))
  state.digest.add(stageTerm(id, listing.stage, 0))
  const opensAtMs = opensInMs > 0 ? listing.opensAtMs : 0
  return [answerTo<'OpenListing'>(command, id, listing.closesAtMs, opensAtMs)]
}
