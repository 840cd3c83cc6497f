/** What one account hears about itself: a delta for every entry that touched it, none ever skipped.
 *
 *  Their `seq` are sequences of the entries themselves, so they are the same on every gateway. */
import type { ChannelFrame, Sequence } from '../../schema/index.ts'
import type { AccountView } from '../cash/account-view.ts'
import { bidRow } from '../market/open-bid.ts'
import type { Follower } from './feed.ts'
import { Ring } from './ring.ts'
import { cutSnapshot, partsOf } from './snapshot.ts'
import type { Snapshot } from './snapshot.ts'

export const PRIVATE_FAMILIES = ['cash', 'bids'] as const
export type PrivateFamily = (typeof PRIVATE_FAMILIES)[number]

export class PrivateChannels {
  readonly account: AccountView
  readonly #epoch: number
  readonly #cash: PrivateChannel
  readonly #bids: PrivateChannel
  /** When the last follower left; 0 while there are any. */
  leftAtMs = 0

  constructor(account: AccountView, epoch: number) {
    this.account = account
    this.#epoch = epoch
    this.#cash = new PrivateChannel('cash', epoch, account.cashChangedAt)
    this.#bids = new PrivateChannel('bids', epoch, account.bidsChangedAt)
    account.changedBids = new Set()
  }

  get followers(): number {
    return this.#cash.followers.size + this.#bids.followers.size
  }

  channel(family: PrivateFamily): PrivateChannel {
    return family === 'cash' ? this.#cash : this.#bids
  }

  snapshot(family: PrivateFamily): Snapshot {
    const { seq } = this.channel(family)
    const content = family === 'cash' ? this.account.cash() : { bids: this.account.bids() }
    return cutSnapshot(family, this.#epoch, seq, content)
  }

  /** Parts of a snapshot as of now. */
  parts(family: PrivateFamily): number {
    return partsOf(family === 'cash' ? 0 : this.account.bidCount)
  }

  /** Tells what the entry just applied did to this account. */
  flush(): void {
    const { account } = this
    if (account.cashChangedAt > this.#cash.seq)
      this.#cash.tell(account.cashChangedAt, account.cash(), 1)
    const changed = account.changedBids
    if (changed !== null && changed.size > 0) {
      const bids = Array.from(changed, bidRow)
      this.#bids.tell(account.bidsChangedAt, { bids }, bids.length)
      changed.clear()
    }
  }

  /** Nobody follows any more: the view need not note for us. */
  close(): void {
    this.account.changedBids = null
  }
}

class PrivateChannel {
  readonly name: PrivateFamily
  readonly epoch: number
  readonly followers = new Set<Follower>()
  readonly #ring = new Ring()
  seq: Sequence

  constructor(name: PrivateFamily, epoch: number, seq: Sequence) {
    this.name = name
    this.epoch = epoch
    this.seq = seq
  }

  tell(seq: Sequence, d: unknown, rows: number): void {
    const { name: ch, epoch } = this
    const delta: ChannelFrame = { t: 'delta', ch, epoch, seq, prev: this.seq, d }
    this.seq = seq
    this.#ring.add(delta, rows)
    for (const follower of this.followers) follower.send(delta)
  }

  missed(since: number, epoch: number): readonly ChannelFrame[] | null {
    return epoch === this.epoch ? this.#ring.after(since, this.seq) : null
  }
}
