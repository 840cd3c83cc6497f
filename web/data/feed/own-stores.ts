/** One's own money and bids. Sequenced and never skipped, so they are shown as they come. */
import { shallowRef } from 'vue'
import type { ChannelListener } from '../../../gateway/client/index.ts'
import type { BidId, BidRow, CashRow, ChannelShapes } from '../vocabulary.ts'
import { FreshnessKeeper } from './freshness.ts'

export class CashStore extends FreshnessKeeper implements ChannelListener<'cash'> {
  readonly cash = shallowRef<CashRow | null>(null)

  onSnapshot(data: CashRow): void {
    this.cash.value = data
    this.arrived()
  }

  onDelta(data: CashRow): void {
    this.cash.value = data
  }

  override reset(): void {
    super.reset()
    this.cash.value = null
  }
}

/** So many bids that ended while one looked stay in sight: enough to see what became of each, and no more in a tab that
 *  is open for days. All of them are in the history. */
export const ENDED_SHOWN_MAX = 20

export class BidsStore extends FreshnessKeeper implements ChannelListener<'bids'> {
  /** Newest first: those in a book, and those that ended last. */
  readonly bids = shallowRef<readonly BidRow[]>([])
  /** Those that ended, in the order in which they did. */
  readonly #ended = new Set<BidId>()

  onSnapshot(data: ChannelShapes['bids']['snapshot']): void {
    this.#ended.clear()
    this.bids.value = newestFirst(data.bids)
    this.arrived()
  }

  onDelta(data: ChannelShapes['bids']['delta']): void {
    const byId = new Map<BidId, BidRow>()
    for (const bid of this.bids.value) byId.set(bid.bidId, bid)
    for (const bid of data.bids) {
      byId.set(bid.bidId, bid)
      if (bid.status !== 'open') this.#ended.add(bid.bidId)
    }
    for (const bidId of this.#ended) {
      if (this.#ended.size <= ENDED_SHOWN_MAX) break
      this.#ended.delete(bidId)
      byId.delete(bidId)
    }
    this.bids.value = newestFirst(byId.values())
  }

  override reset(): void {
    super.reset()
    this.#ended.clear()
    this.bids.value = []
  }
}

function newestFirst(bids: Iterable<BidRow>): readonly BidRow[] {
  return [...bids].sort((a, b) => b.bidId - a.bidId)
}
