import type { BookRegistry } from './book.ts'
import { FixedRateBook } from './fixed-rate.ts'
import { UniformAuctionBook } from './uniform-auction.ts'

/** The books that the market runs on. */
export const FAST_BOOKS: BookRegistry = {
  'fixed-rate': (terms) => new FixedRateBook(terms),
  'uniform-auction': (terms) => new UniformAuctionBook(terms),
}
