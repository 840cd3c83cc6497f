import type { BookRegistry } from './book.ts'
import { NaiveFixedRateBook } from './naive-fixed-rate.ts'
import { NaivePayAsBidAuctionBook } from './naive-pay-as-bid-auction.ts'
import { NaiveProRataBook } from './naive-pro-rata.ts'
import { NaiveRateBook } from './naive-rate-book.ts'
import { NaiveUniformAuctionBook } from './naive-uniform-auction.ts'

/** The twins that say what is right: random command streams must leave both with the same events. */
export const NAIVE_BOOKS: BookRegistry = {
  'fixed-rate': (terms) => new NaiveFixedRateBook(terms),
  'uniform-auction': (terms) => new NaiveUniformAuctionBook(terms),
  'pay-as-bid-auction': (terms) => new NaivePayAsBidAuctionBook(terms),
  'pro-rata': (terms) => new NaiveProRataBook(terms),
  'rate-book': (terms) => new NaiveRateBook(terms),
}
