/** Who is measured. What is allocated for a bid is allocated inside the measured step, by all. */
import { OrderBook, Side } from 'nodejs-order-book'
import type { Book } from '../../engine/market/book/book.ts'
import type { Bid } from '../../engine/market/book/bid.ts'
import { FAST_BOOKS } from '../../engine/market/book/books.ts'
import { OpenBidTable } from '../../engine/market/open-bid-table.ts'
import { bidId } from '../../schema/index.ts'
import type { FundingMode } from '../../schema/index.ts'
import { bidOf, TERMS } from './workload.ts'
import type { Step } from './workload.ts'

/** Carries out one step; made anew, with empty books, for each run. */
export type Runner = (step: Step) => void

/** A book of ours alone: quote, place or cancel, with the bids found by id as the engine does. */
export function ourBooks(mode: FundingMode, books: number): Runner {
  const all: Book[] = Array.from({ length: books }, () => FAST_BOOKS[mode](TERMS))
  const open = new OpenBidTable<Bid>()
  return (step) => {
    const book = all[step.book]
    if (book === undefined) throw new Error(`no book ${step.book}`)
    if (step.isCancel) {
      const bid = open.get(bidId(step.bid + 1))
      if (bid === null) throw new Error('a cancelled bid is open')
      open.remove(bid)
      book.cancel(bid)
      return
    }
    if (typeof book.quote(step, null) === 'string') throw new Error('refused')
    const bid = bidOf(step.bid, step)
    open.add(bid)
    for (const displaced of book.place(bid))
      if (displaced.bid.acceptedMinor === 0) open.remove(displaced.bid)
  }
}

/** The same work for a book with two sides. A lender's bid rests as a buy order at its rate, so the
 *  worst lender stands first; taking a place from the worst is a sell order that matches them. */
export function peerBooks(books: number): Runner {
  const all = Array.from({ length: books }, () => new OrderBook())
  return (step) => {
    const book = all[step.book]
    if (book === undefined) throw new Error(`no book ${step.book}`)
    if (step.isCancel) book.cancel(`b${step.bid}`)
    else placeAtPeer(book, step)
  }
}

/** How many of the stream's cancels find nothing in the peer's books: at equal rates it matches the
 *  earliest of the worst bids, ours gives way with the latest, so a few bids end differently. */
export function peerMisses(steps: readonly Step[], books: number): number {
  const all = Array.from({ length: books }, () => new OrderBook())
  let misses = 0
  for (const step of steps) {
    const book = all[step.book]
    if (book === undefined) throw new Error(`no book ${step.book}`)
    if (!step.isCancel) placeAtPeer(book, step)
    else if (book.cancel(`b${step.bid}`) === undefined) misses++
  }
  return misses
}

function placeAtPeer(book: OrderBook, step: Step): void {
  const { bid, displacesMinor, amountMinor, ratePpm } = step
  if (displacesMinor > 0)
    book.limit({ side: Side.SELL, id: `s${bid}`, size: displacesMinor, price: ratePpm + 1 })
  book.limit({ side: Side.BUY, id: `b${bid}`, size: amountMinor, price: ratePpm })
}
