/** What one investor sees of the own money over the private channels, through every reconnection.
 *  The client checks that each delta follows on the one before; here is kept what they add up to. */
import type { BidRow, CashRow } from '../../schema/index.ts'
import type { Client } from '../../gateway/client/node.ts'

export class Follower {
  cash: CashRow | null = null
  /** By id, those that were open when last heard of. */
  readonly openBids = new Map<number, BidRow>()
  /** By id, as they were when last heard of, those that were heard to end. */
  readonly endedBids = new Map<number, BidRow>()
  /** A frame that was older than the one before. */
  steppedBack = 0
  #seq = 0

  constructor(client: Client) {
    client.subscribe('cash', {
      onSnapshot: (cash, seq) => this.#takeCash(cash, seq, true),
      onDelta: (cash, seq) => this.#takeCash(cash, seq, false),
    })
    client.subscribe('bids', {
      onSnapshot: ({ bids }) => {
        this.openBids.clear()
        this.#takeBids(bids)
      },
      onDelta: ({ bids }) => this.#takeBids(bids),
    })
  }

  /** A snapshot may come from a gateway that is a little behind the last one. */
  #takeCash(cash: CashRow, seq: number, isSnapshot: boolean): void {
    if (!isSnapshot && seq < this.#seq) this.steppedBack++
    this.#seq = seq
    this.cash = cash
  }

  #takeBids(bids: readonly BidRow[]): void {
    for (const bid of bids)
      if (bid.status === 'open') this.openBids.set(bid.bidId, bid)
      else {
        this.openBids.delete(bid.bidId)
        this.endedBids.set(bid.bidId, bid)
      }
  }
}
