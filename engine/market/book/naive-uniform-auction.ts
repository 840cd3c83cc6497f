import type { RatePpm } from '../../../schema/index.ts'
import type { LostLevel } from './book.ts'
import { NaiveAuctionBook } from './naive-auction.ts'

export class NaiveUniformAuctionBook extends NaiveAuctionBook {
  clearingRatePpm(): RatePpm {
    if (this.fundedMinor < this.terms.amountMinor) return this.terms.ratePpm
    return Math.max(...this.all.map((bid) => bid.ratePpm)) as RatePpm
  }

  /** What was let go, by rate, as far as it is needed to take the place of all winners. */
  override lost(): readonly LostLevel[] {
    const { amountMinor } = this.terms
    const rates = [...new Set(this.gone.map(({ ratePpm }) => ratePpm))].sort((a, b) => a - b)
    const levels = rates.map((rate): LostLevel => {
      const bids = this.gone.filter(({ ratePpm }) => ratePpm === rate)
      const sumMinor = bids.reduce((sum, bid) => sum + bid.amountMinor, 0)
      return [rate, Math.min(sumMinor, amountMinor)]
    })
    return levels.filter((_, place) => {
      const betterMinor = levels.slice(0, place).reduce((sum, [, minor]) => sum + minor, 0)
      return betterMinor < amountMinor
    })
  }

  /** Unit by unit: for each winner the others' losing units in order, then the ceiling. */
  override vcgRatePpm(): RatePpm {
    if (this.all.length === 0) return this.terms.ratePpm
    const cost = this.all.reduce((sum, winner) => {
      const others = this.all
        .filter((bid) => bid !== winner)
        .map(({ ratePpm, amountMinor, acceptedMinor }) => ({
          ratePpm,
          amountMinor: amountMinor - acceptedMinor,
        }))
      let leftMinor = winner.acceptedMinor
      let paid = 0
      for (const losing of [...this.gone, ...others].toSorted((a, b) => a.ratePpm - b.ratePpm)) {
        const takenMinor = Math.min(leftMinor, losing.amountMinor)
        paid += takenMinor * losing.ratePpm
        leftMinor -= takenMinor
      }
      return sum + paid + leftMinor * this.terms.ratePpm
    }, 0)
    return Math.round(cost / this.fundedMinor) as RatePpm
  }
}
