import { newAccount } from '../../engine/cash/account.ts'
import { newBid } from '../../engine/market/book/bid.ts'
import type { Bid } from '../../engine/market/book/bid.ts'
import { accountId, atMs, bidId, listingId, minor, ratePpm } from '../../schema/index.ts'

const OWNER = newAccount(accountId(1), 0)

/** A bid of which only the id and the rate matter. */
export function someBid(id: number, rate = 1): Bid {
  return newBid({
    bidId: bidId(id),
    listingId: listingId(1),
    account: OWNER,
    amountMinor: minor(1),
    acceptedMinor: 1,
    ratePpm: ratePpm(rate),
    place: id,
    placedAtMs: atMs(1),
    minFillMinor: 0,
    rank: 'by-rate',
    key: null,
  })
}
