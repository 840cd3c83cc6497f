/** Reverse auction at a uniform rate: the worst of the winners sets the rate for all. */
import type { RatePpm } from '../../../schema/index.ts'
import { AuctionBook } from './auction.ts'
import type { Bid } from './bid.ts'
import type { LostLevel } from './book.ts'
import { LostBids } from './lost-bids.ts'
import { vcgRatePpm } from './vcg.ts'

export class UniformAuctionBook extends AuctionBook {
  readonly #lost = new LostBids(this.terms.amountMinor)

  /** While it is not covered nobody competes: the ceiling. */
  clearingRatePpm(): RatePpm {
    const worst = this.ladder.highestRate()
    return this.isCovered && worst !== null ? worst : this.terms.ratePpm
  }

  override vcgRatePpm(): RatePpm {
    return vcgRatePpm(this.bids(), this.#lost.levels(), this.terms.ratePpm)
  }

  override lost(): readonly LostLevel[] {
    return this.#lost.levels()
  }

  override restoreLost([ratePpm, amountMinor]: LostLevel): void {
    this.#lost.add(ratePpm, amountMinor)
  }

  protected override noteLost({ ratePpm, amountMinor }: Bid): void {
    this.#lost.add(ratePpm, amountMinor)
  }
}
