/** What the investors of the load do: what to bid on, how much, at what rate, and what to try that must
 *  not work. Knows only what callers can know. */
import type { FundingMode } from '../../schema/index.ts'
import type { Asked } from './attempt.ts'
import type { Random } from '../../deploy/random.ts'

export interface KnownListing {
  readonly listingId: number
  readonly mode: FundingMode
  readonly ratePpm: number
  readonly closesAtMs: number
}

const MIN_BID_MINOR = 2_500
const SHARE_OF_CANCELS = 0.12
const SHARE_OF_STRANGERS_BIDS = 0.02
const SHARE_ABOVE_CEILING = 0.02
/** Bids remembered for cancelling; older ones have mostly ended. */
const BIDS_KEPT_MAX = 50

export class Plan {
  readonly #random: Random
  readonly #open = new Map<number, KnownListing>()
  readonly #bids = new Map<number, number[]>()

  constructor(random: Random) {
    this.#random = random
  }

  get openListings(): number {
    return this.#open.size
  }

  opened(listing: KnownListing): void {
    this.#open.set(listing.listingId, listing)
  }

  closed(listingId: number): void {
    this.#open.delete(listingId)
  }

  placed(accountId: number, bidId: number): void {
    const bids = this.#bids.get(accountId) ?? []
    this.#bids.set(accountId, bids)
    if (bids.push(bidId) > BIDS_KEPT_MAX) bids.shift()
  }

  forgetDue(nowMs: number): void {
    for (const { listingId, closesAtMs } of this.#open.values())
      if (closesAtMs <= nowMs) this.#open.delete(listingId)
  }

  /** What `accountId` asks for next; null when there is nothing to bid on. */
  next(accountId: number): Asked | null {
    if (this.#random.chance(SHARE_OF_CANCELS)) {
      const bidId = this.#bidToCancel(accountId)
      if (bidId !== null) return { kind: 'cancel', bidId }
    }
    if (this.#open.size === 0) return null
    const { listingId, mode, ratePpm: ceilingPpm } = this.#random.pick([...this.#open.values()])
    const amountMinor = this.#random.between(MIN_BID_MINOR, 16 * MIN_BID_MINOR)
    const isAbove = this.#random.chance(SHARE_ABOVE_CEILING)
    const ratePpm = isAbove ? ceilingPpm + 1 : this.#ratePpm(mode, ceilingPpm)
    return { kind: 'place', listingId, amountMinor, ratePpm }
  }

  /** A new listing: both modes, some too large to fill before they close. */
  terms() {
    const random = this.#random
    const mode: FundingMode = random.chance(0.5) ? 'fixed-rate' : 'uniform-auction'
    return {
      mode,
      amountMinor: random.chance(0.15) ? 500_000_000 : random.between(200_000, 1_500_000),
      ratePpm: random.between(60, 250) * 1_000,
      termMonths: random.pick([12, 36, 60]),
      minBidMinor: MIN_BID_MINOR,
      openMs: random.between(1_000, 1_600),
      grade: 'B',
      purpose: 'car',
    } as const
  }

  /** Few different rates, so that many bids are equal and only the order of arrival decides. */
  #ratePpm(mode: FundingMode, ceilingPpm: number): number {
    if (mode === 'fixed-rate') return ceilingPpm
    return Math.max(0, ceilingPpm - this.#random.between(0, 12) * 2_500)
  }

  #bidToCancel(accountId: number): number | null {
    const owners = [...this.#bids.keys()]
    const isStrangers = owners.length > 0 && this.#random.chance(SHARE_OF_STRANGERS_BIDS)
    const bids = this.#bids.get(isStrangers ? this.#random.pick(owners) : accountId) ?? []
    return bids.length === 0 ? null : this.#random.pick(bids)
  }
}
