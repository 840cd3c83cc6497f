/** What an auction would pay its lenders by the rule of Vickrey, Clarke and Groves: each is paid what the others' bids
 *  that it kept out would have cost the borrower in its place, and the ceiling for what nobody else had bid for. So
 *  nobody gains by asking for more than they need. Shown beside the uniform clearing rate, never paid. (Chen, Ghosh and
 *  Lambert, "Auctions for Social Lending", 2014, compare the two on Prosper.)
 *
 *  The others' bids are those that the book has seen: what was outbid, and of open bids what was not accepted. What was
 *  cancelled is nobody's any more. */
import type { Minor, RatePpm } from '../../../schema/index.ts'
import type { LostLevel } from './book.ts'

export interface VcgBid {
  readonly amountMinor: Minor
  readonly acceptedMinor: number
  readonly ratePpm: RatePpm
}

/** As one rate over all that is accepted, rounded half up; the ceiling while there is nothing.
 *  @param lost what left the book whole, in any order */
export function vcgRatePpm(
  bids: readonly VcgBid[],
  lost: readonly LostLevel[],
  ceilingPpm: RatePpm,
): RatePpm {
  const losing = new Losing(bids, lost, BigInt(ceilingPpm))
  let cost = 0n
  let amount = 0n
  for (const bid of bids) {
    cost += losing.costInsteadOf(bid)
    amount += BigInt(bid.acceptedMinor)
  }
  if (amount === 0n) return ceilingPpm
  return Number((2n * cost + amount) / (2n * amount)) as RatePpm
}

/** All bids that did not win, lowest rate first, with running sums of their amounts and of amount times rate. */
class Losing {
  readonly #ceiling: bigint
  readonly #rates: number[] = []
  readonly #amounts: bigint[] = [0n]
  readonly #costs: bigint[] = [0n]

  constructor(bids: readonly VcgBid[], lost: readonly LostLevel[], ceiling: bigint) {
    this.#ceiling = ceiling
    const levels = [...lost, ...bids.map((bid): LostLevel => [bid.ratePpm, leftOutOf(bid)])]
    let [amount, cost] = [0n, 0n]
    for (const [rate, lostMinor] of levels.toSorted((a, b) => a[0] - b[0])) {
      if (lostMinor === 0) continue
      amount += BigInt(lostMinor)
      cost += BigInt(lostMinor) * BigInt(rate)
      this.#rates.push(rate)
      this.#amounts.push(amount)
      this.#costs.push(cost)
    }
  }

  /** What the best of the others would have cost for as much. A bid is no competition of its own: what it was not
   *  given lies at its rate, so that as much more is taken from the levels and taken off again. */
  costInsteadOf(bid: VcgBid): bigint {
    const own = BigInt(leftOutOf(bid))
    const amount = BigInt(bid.acceptedMinor)
    if (own === 0n || this.#amountBelow(bid.ratePpm) >= amount) return this.#costOf(amount)
    return this.#costOf(amount + own) - own * BigInt(bid.ratePpm)
  }

  #costOf(amount: bigint): bigint {
    let low = 0
    let high = this.#rates.length
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.#amounts[middle] ?? 0n) <= amount) low = middle
      else high = middle - 1
    }
    const rest = amount - (this.#amounts[low] ?? 0n)
    const rate = low < this.#rates.length ? BigInt(this.#rates[low] ?? 0) : this.#ceiling
    return (this.#costs[low] ?? 0n) + rest * rate
  }

  /** What lost at lower rates than this. */
  #amountBelow(ratePpm: number): bigint {
    let low = 0
    let high = this.#rates.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#rates[middle] ?? 0) < ratePpm) low = middle + 1
      else high = middle
    }
    return this.#amounts[low] ?? 0n
  }
}

function leftOutOf({ amountMinor, acceptedMinor }: VcgBid): number {
  return amountMinor - acceptedMinor
}
