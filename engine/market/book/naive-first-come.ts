/** First come, first served once more: all bids are of one rank but for those that rank last. */
import type { Bid } from './bid.ts'
import type { Wish } from './book.ts'
import { NaiveRankedBook, sumOf } from './naive-ranked.ts'

export abstract class NaiveFirstComeBook extends NaiveRankedBook {
  get isComplete(): boolean {
    return sumOf(this.#firm()) === this.terms.amountMinor
  }

  protected rankOf({ rank }: Pick<Bid, 'rank'>): number {
    return rank === 'last' ? 1 : 0
  }

  /** What an underwriter has taken is open to all others. */
  protected remainderFor(wish: Wish): readonly Bid[] {
    return wish.rank === 'last' ? this.all : this.#firm()
  }

  /** An underwriter may be left with anything. */
  protected override floorOf(): number {
    return 1
  }

  #firm(): readonly Bid[] {
    return this.all.filter(({ rank }) => rank !== 'last')
  }
}
