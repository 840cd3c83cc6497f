/** The open bids by id.
 *
 *  Ids are given one after the other, so a bid is found by its place in a page of neighbours: no
 *  hashing for each bid, and no pause of a tenth of a second when a table of a million has to grow.
 *  A page goes when its last bid does. */
import { assert } from '../schema/index.ts'
import type { BidId } from '../schema/index.ts'
import type { Bid } from './book/bid.ts'

interface Page {
  readonly bids: (Bid | null)[]
  count: number
}

const PAGE_BIDS = 64

export class OpenBidTable {
  /** In the order of the ids, because ids only go up. */
  readonly #pages = new Map<number, Page>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get(bidId: BidId): Bid | null {
    return this.#pages.get(pageOf(bidId))?.bids[bidId % PAGE_BIDS] ?? null
  }

  /** Adds a bid whose id is above all that were ever added. */
  add(bid: Bid): void {
    const number = pageOf(bid.bidId)
    const page = this.#pages.get(number) ?? this.#addPage(number)
    page.bids[bid.bidId % PAGE_BIDS] = bid
    page.count++
    this.#size++
  }

  remove(bid: Bid): void {
    const number = pageOf(bid.bidId)
    const page = this.#pages.get(number)
    assert(page?.bids[bid.bidId % PAGE_BIDS] === bid, 'a bid leaves once')
    page.bids[bid.bidId % PAGE_BIDS] = null
    this.#size--
    if (--page.count === 0) this.#pages.delete(number)
  }

  /** All of them in the order of their ids. */
  *values(): Generator<Bid> {
    for (const { bids } of this.#pages.values()) for (const bid of bids) if (bid !== null) yield bid
  }

  #addPage(number: number): Page {
    const page = { bids: Array.from({ length: PAGE_BIDS }, (): Bid | null => null), count: 0 }
    this.#pages.set(number, page)
    return page
  }
}

function pageOf(bidId: BidId): number {
  return Math.floor(bidId / PAGE_BIDS)
}
