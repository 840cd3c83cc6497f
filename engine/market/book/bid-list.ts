import { assert } from '../../../schema/index.ts'
import type { Bid } from './bid.ts'

/** Bids in a row, best first, linked through their own `better` and `worse`: nothing is allocated
 *  to put one in or take one out. A bid is in one list at most. */
export class BidList {
  best: Bid | null = null
  worst: Bid | null = null

  /** Puts `bid` right behind `place`; null puts it first. */
  insertAfter(place: Bid | null, bid: Bid): void {
    const next = place === null ? this.best : place.worse
    bid.better = place
    bid.worse = next
    if (place === null) this.best = bid
    else place.worse = bid
    if (next === null) this.worst = bid
    else next.better = bid
  }

  remove(bid: Bid): void {
    const { better, worse } = bid
    assert(better !== null || this.best === bid, 'a bid without a better one is the best')
    assert(worse !== null || this.worst === bid, 'a bid without a worse one is the worst')
    if (better === null) this.best = worse
    else better.worse = worse
    if (worse === null) this.worst = better
    else worse.better = better
    bid.better = null
    bid.worse = null
  }

  toArray(): Bid[] {
    const bids: Bid[] = []
    for (let bid = this.best; bid !== null; bid = bid.worse) bids.push(bid)
    return bids
  }
}
