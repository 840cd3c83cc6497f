import type { Digest } from '../../schema/index.ts'
import { accountTerm, bidTerm, DigestSum, listingTerm, placeTerm, stageTerm } from './digest.ts'
import type { State } from '../state.ts'

/** The digest from scratch, over everything the state holds. For tests and for loading a snapshot. */
export function recomputeDigest(state: State): Digest {
  const sum = new DigestSum()
  for (const { accountId, availableMinor, heldMinor } of state.accounts.values())
    sum.add(accountTerm(accountId, availableMinor, heldMinor))
  for (const { bidId, listingId, account, acceptedMinor, ratePpm, place } of state.bids.values()) {
    sum.add(bidTerm(bidId, listingId, account.accountId, acceptedMinor, ratePpm))
    sum.add(placeTerm(bidId, place))
  }
  for (const { listingId, book, stage, approvedBy } of state.listings.values()) {
    sum.add(listingTerm(listingId, book.fundedMinor, book.bidCount))
    sum.add(stageTerm(listingId, stage, approvedBy))
  }
  return sum.hex()
}
