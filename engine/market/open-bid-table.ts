/** The open bids by id, as the engine, settlement and the gateways keep them.
 *
 *  Ids are given one after the other, so a bid is found by its place in a page of neighbours: no
 *  hashing for each bid, and no pause of a tenth of a second when a table of a million has to grow.
 *  A page goes when its last bid does. A `Map` of bids would also keep what has left it: V8 links each
 *  table that a Map outgrew to the next, and in the old generation such a chain holds all that passes
 *  through until the next full collection. */
import { assert } from '../../schema/index.ts'
import type { BidId } from '../../schema/index.ts'
import { SpreadMap } from '../spread-map.ts'

interface HasBidId {
  readonly bidId: BidId
}

interface Page<Bid> {
  readonly bids: (Bid | null)[]
  count: number
}

/** A walk over the bids below `end` while others enter, change and leave. */
interface Walk<Bid> {
  readonly end: number
  passed: number
  /** Bids as they were, by page and by their place in it. */
  readonly kept: SpreadMap<(Bid | null)[]>
}

const PAGE_BIDS = 64

export class OpenBidTable<Bid extends HasBidId> {
  /** In the order of the ids when bids are added in that order. */
  readonly #pages = new Map<number, Page<Bid>>()
  #size = 0
  #walk: Walk<Bid> | null = null

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
    if (--page.count === 0 && !this.#isPageAwaited(number)) this.#pages.delete(number)
  }

  /** All of them in the order of their ids, if that is how they were added. */
  *values(): Generator<Bid> {
    for (const { bids } of this.#pages.values()) for (const bid of bids) if (bid !== null) yield bid
  }

  /** As `values`, of those below `end` as they are now, however long it takes: whoever changes or removes one
   *  that `isAwaited` keeps a copy first. A page that loses its last bid stays until the walk has passed it. */
  beginWalk(end: BidId): Generator<Bid> {
    assert(this.#walk === null, 'one walk is under way at a time')
    this.#walk = { end, passed: -1, kept: new SpreadMap() }
    return this.#passAll(this.#walk)
  }

  /** Wherever it has come to. Pages that it left empty go when the next one passes them. */
  endWalk(): void {
    this.#walk = null
  }

  /** True when a walk has still to come to it, and no copy of it is kept. */
  isAwaited(bidId: BidId): boolean {
    const walk = this.#walk
    if (walk === null || bidId <= walk.passed || bidId >= walk.end) return false
    return (walk.kept.get(pageOf(bidId))?.[bidId % PAGE_BIDS] ?? null) === null
  }

  /** Keeps a bid for the walk, as it is before it changes or leaves. */
  keep(copy: Bid): void {
    const kept = this.#walk?.kept
    assert(kept !== undefined, 'a bid is kept for a walk')
    const number = pageOf(copy.bidId)
    const bids = kept.get(number) ?? emptyPlaces<Bid>()
    bids[copy.bidId % PAGE_BIDS] = copy
    kept.set(number, bids)
  }

  *#passAll(walk: Walk<Bid>): Generator<Bid> {
    for (const [number, { bids, count }] of this.#pages) {
      const first = number * PAGE_BIDS
      if (first >= walk.end) return
      if (count === 0 && !walk.kept.has(number)) {
        this.#pages.delete(number)
        continue
      }
      for (let place = 0; place < PAGE_BIDS && first + place < walk.end; place++) {
        const bid = walk.kept.get(number)?.[place] ?? bids[place] ?? null
        walk.passed = first + place
        if (bid !== null) yield bid
      }
      walk.passed = Math.max(walk.passed, first + PAGE_BIDS - 1)
      walk.kept.take(number)
      if (this.#pages.get(number)?.count === 0) this.#pages.delete(number)
    }
  }

  #isPageAwaited(number: number): boolean {
    const walk = this.#walk
    if (walk === null) return false
    const first = number * PAGE_BIDS
    return first < walk.end && first + PAGE_BIDS - 1 > walk.passed
  }

  #addPage(number: number): Page<Bid> {
    const page = { bids: emptyPlaces<Bid>(), count: 0 }
    this.#pages.set(number, page)
    return page
  }
}

function emptyPlaces<Bid>(): (Bid | null)[] {
  return Array.from({ length: PAGE_BIDS }, (): Bid | null => null)
}

function pageOf(bidId: BidId): number {
  return Math.floor(bidId / PAGE_BIDS)
}
