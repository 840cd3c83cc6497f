import type { BookRegistry } from './book.ts'
import { FixedRateBook } from './fixed-rate.ts'
import { PayAsBidAuctionBook } from './pay-as-bid-auction.ts'
import { ProRataBook } from './pro-rata.ts'
import { RateBook } from './rate-book.ts'
import { UniformAuctionBook } from './uniform-auction.ts'

/** The books that the market runs on. */
export const FAST_BOOKS: BookRegistry = {
  'fixed-rate': (terms) => new FixedRateBook(terms),
  'uniform-auction': (terms) => new UniformAuctionBook(terms),
  'pay-as-bid-auction': (terms) => new PayAsBidAuctionBook(terms),
  'pro-rata': (terms) => new ProRataBook(terms),
  'rate-book': (terms) => new RateBook(terms),
}
