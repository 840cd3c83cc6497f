import { minor } from '../../schema/index.ts'
import type { AccountId, BidRow, CashRow, Sequence } from '../../schema/index.ts'
import { bidRow } from '../market/open-bid.ts'
import type { OpenBid } from '../market/open-bid.ts'

/** One account's cash and open bids, as events make them. */
export class AccountView {
  readonly accountId: AccountId
  availableMinor = 0
  heldMinor = 0
  /** Open ones. */
  bidCount = 0
  #oldest: OpenBid | null = null
  #newest: OpenBid | null = null
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
    return { availableMinor: minor(this.availableMinor), heldMinor: minor(this.heldMinor) }
  }

  /** The open ones, oldest first. */
  bids(): BidRow[] {
    const rows: BidRow[] = []
    for (let bid = this.#oldest; bid !== null; bid = bid.after) rows.push(bidRow(bid))
    return rows
  }

  /** Invariant: each open bid of the account is linked once, between its neighbours in time. */
  link(bid: OpenBid): void {
    this.bidCount++
    bid.before = this.#newest
    if (this.#newest === null) this.#oldest = bid
    else this.#newest.after = bid
    this.#newest = bid
  }

  unlink(bid: OpenBid): void {
    this.bidCount--
    if (bid.before === null) this.#oldest = bid.after
    else bid.before.after = bid.after
    if (bid.after === null) this.#newest = bid.before
    else bid.after.before = bid.before
    bid.before = null
    bid.after = null
  }
}
