/** A reverse auction once more: the lower the rate the better, behind all of them who ranks last. */
import type { Bid } from './bid.ts'
import { NaiveRankedBook } from './naive-ranked.ts'

export abstract class NaiveAuctionBook extends NaiveRankedBook {
  readonly isComplete = false

  protected rankOf({ ratePpm, rank }: Pick<Bid, 'ratePpm' | 'rank'>): number {
    return rank === 'last' ? ratePpm + 1e9 : ratePpm
  }

  protected remainderFor(): readonly Bid[] {
    return this.all
  }
}
