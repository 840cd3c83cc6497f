import type { RatePpm } from '../../../schema/index.ts'
import { NaiveAuctionBook } from './naive-auction.ts'
import { averageRatePpm } from './naive-ranked.ts'

export class NaivePayAsBidAuctionBook extends NaiveAuctionBook {
  clearingRatePpm(): RatePpm {
    return averageRatePpm(this.all, this.terms.ratePpm)
  }
}
