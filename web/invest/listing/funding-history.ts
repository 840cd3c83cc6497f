/** How a listing was funded over time, told again from its fills.
 *
 *  In an auction a better bid takes the place of the worst, so the book is replayed: the funded amount
 *  stops at what was asked and the clearing rate falls. The fills do not tell what was cancelled or
 *  amended since, which is why the last point is always the market's own word and not the replay's. */
import type { FillRow, ListingRow } from '../../data/vocabulary.ts'

export interface FundingPoint {
  readonly atMs: number
  readonly fundedMinor: number
  readonly clearingRatePpm: number
}

/** @param fills in any order
 *  @param atMs of the last point: now, or when the listing closed */
export function fundingHistory(
  listing: ListingRow,
  fills: readonly FillRow[],
  atMs: number,
): readonly FundingPoint[] {
  const points: FundingPoint[] = [
    { atMs: listing.openedAtMs, fundedMinor: 0, clearingRatePpm: listing.ratePpm },
  ]
  const book = new ReplayedBook(listing)
  for (const fill of [...fills].sort((a, b) => a.bidId - b.bidId)) {
    book.add(fill)
    points.push({ atMs: fill.atMs, ...book.now() })
  }
  const { fundedMinor, clearingRatePpm } = listing
  points.push({ atMs: Math.max(atMs, points.at(-1)?.atMs ?? 0), fundedMinor, clearingRatePpm })
  return points
}

/** Amounts by rate, cut off where the asked amount is reached. */
class ReplayedBook {
  readonly #listing: ListingRow
  readonly #byRate = new Map<number, number>()

  constructor(listing: ListingRow) {
    this.#listing = listing
  }

  add(fill: FillRow): void {
    this.#byRate.set(fill.ratePpm, (this.#byRate.get(fill.ratePpm) ?? 0) + fill.amountMinor)
  }

  now(): { readonly fundedMinor: number; readonly clearingRatePpm: number } {
    const { amountMinor, ratePpm, mode } = this.#listing
    let fundedMinor = 0
    let interest = 0
    let worst: number = ratePpm
    for (const [rate, amount] of [...this.#byRate].sort((a, b) => a[0] - b[0])) {
      // Only a window that is shared out at its end takes in more than is asked for.
      const taken = mode === 'pro-rata' ? amount : Math.min(amount, amountMinor - fundedMinor)
      if (taken === 0) break
      fundedMinor += taken
      interest += taken * rate
      worst = rate
    }
    if (mode === 'pay-as-bid-auction' || mode === 'rate-book')
      return { fundedMinor, clearingRatePpm: fundedMinor === 0 ? ratePpm : interest / fundedMinor }
    const isCovered = mode === 'uniform-auction' && fundedMinor === amountMinor
    return { fundedMinor, clearingRatePpm: isCovered ? worst : ratePpm }
  }
}
