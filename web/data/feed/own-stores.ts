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
}

export class BidsStore extends FreshnessKeeper implements ChannelListener<'bids'> {
  /** Newest first; those that ended while we looked stay until the next snapshot. */
  readonly bids = shallowRef<readonly BidRow[]>([])

  onSnapshot(data: ChannelShapes['bids']['snapshot']): void {
    this.bids.value = newestFirst(data.bids)
    this.arrived()
  }

  onDelta(data: ChannelShapes['bids']['delta']): void {
    const byId = new Map<BidId, BidRow>()
    for (const bid of this.bids.value) byId.set(bid.bidId, bid)
    for (const bid of data.bids) byId.set(bid.bidId, bid)
    this.bids.value = newestFirst(byId.values())
  }
}

function newestFirst(bids: Iterable<BidRow>): readonly BidRow[] {
  return [...bids].sort((a, b) => b.bidId - a.bidId)
}
