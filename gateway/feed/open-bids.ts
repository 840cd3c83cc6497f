/** All open bids by id. Ids are given out one after the other, so they lie in pages of an array: at a
 *  hundred thousand bids a second a Map of a million of them is what costs most. */
import type { BidId } from '../../schema/index.ts'
import type { OpenBid } from './open-bid.ts'

const PAGE_BITS = 12
const PAGE_SIZE = 1 << PAGE_BITS

interface Page {
  readonly bids: (OpenBid | null)[]
  count: number
}

export class OpenBids {
  readonly #pages = new Map<number, Page>()
  size = 0

  add(bid: OpenBid): void {
    const number = Math.floor(bid.bidId / PAGE_SIZE)
    let page = this.#pages.get(number)
    if (page === undefined)
      this.#pages.set(
        number,
        (page = { bids: Array.from({ length: PAGE_SIZE }, () => null), count: 0 }),
      )
    page.bids[bid.bidId % PAGE_SIZE] = bid
    page.count++
    this.size++
  }

  get(bidId: BidId): OpenBid | null {
    return this.#pages.get(Math.floor(bidId / PAGE_SIZE))?.bids[bidId % PAGE_SIZE] ?? null
  }

  /** The bid must be there. */
  remove(bidId: BidId): void {
    const number = Math.floor(bidId / PAGE_SIZE)
    const page = this.#pages.get(number)
    if (page === undefined) return
    page.bids[bidId % PAGE_SIZE] = null
    this.size--
    if (--page.count === 0) this.#pages.delete(number)
  }
}
