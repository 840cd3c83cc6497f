/** The open bids by id, as the engine, settlement and the gateways keep them.
 *
 *  Ids are given one after the other, so a bid is found by its place in a page of neighbours: no
 *  hashing for each bid, and no pause of a tenth of a second when a table of a million has to grow.
 *  A page goes when its last bid does. A `Map` of bids would also keep what has left it: V8 links each
 *  table that a Map outgrew to the next, and in the old generation such a chain holds all that passes
 *  through until the next full collection. */
import { assert } from '../../schema/index.ts'
import type { BidId } from '../../schema/index.ts'

interface HasBidId {
  readonly bidId: BidId
}

interface Page<Bid> {
  readonly bids: (Bid | null)[]
  count: number
}

export const PAGE_BIDS = 64

export class OpenBidTable<Bid extends HasBidId> {
  /** In the order of the ids when bids are added in that order. */
  readonly #pages = new Map<number, Page<Bid>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get(bidId: BidId): Bid | null {
    return this.#pages.get(pageOf(bidId))?.bids[bidId % PAGE_BIDS] ?? null
  }

  add(bid: Bid): void {
    const number = pageOf(bid.bidId)
    const page = this.#pages.get(number) ?? this.#addPage(number)
    assert(page.bids[bid.bidId % PAGE_BIDS] === null, 'a bid enters once')
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

  /** The pages there are, by number, in the order of the ids. */
  pageNumbers(): number[] {
    return [...this.#pages.keys()]
  }

  /** All of them in the order of their ids, if that is how they were added. */
  *values(): Generator<Bid> {
    for (const { bids } of this.#pages.values()) for (const bid of bids) if (bid !== null) yield bid
  }

  #addPage(number: number): Page<Bid> {
    const page = { bids: Array.from({ length: PAGE_BIDS }, (): Bid | null => null), count: 0 }
    this.#pages.set(number, page)
    return page
  }
}

function pageOf(bidId: BidId): number {
  return Math.floor(bidId / PAGE_BIDS)
}
