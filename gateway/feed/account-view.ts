import type { AccountId, BidId, BidRow, CashRow, Sequence } from '../../schema/index.ts'
import { bidRow } from './open-bid.ts'
import type { OpenBid } from './open-bid.ts'

/** One account's cash and open bids, as events make them. */
export class AccountView {
  readonly accountId: AccountId
  availableMinor = 0
  heldMinor = 0
  readonly openBids = new Map<BidId, OpenBid>()
  /** Of the newest entries that changed cash and bids. */
  cashChangedAt: Sequence
  bidsChangedAt: Sequence
  /** Bids changed by the entry at hand; null while nobody follows the account. */
  changedBids: Set<OpenBid> | null = null
  isTouched = false

  constructor(accountId: AccountId, since: Sequence) {
    this.accountId = accountId
    this.cashChangedAt = since
    this.bidsChangedAt = since
  }

  cash(): CashRow {
    return { availableMinor: this.availableMinor, heldMinor: this.heldMinor }
  }

  bids(): BidRow[] {
    return [...this.openBids.values()].map(bidRow)
  }
}
