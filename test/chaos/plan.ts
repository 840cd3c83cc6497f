/** What the investors of the load do: what to bid on, how much, at what rate, and what to try that must
 *  not work. Knows only what callers can know. */
import type { FundingMode } from '../../schema/index.ts'
import type { Asked } from './attempt.ts'
import type { Random } from '../../deploy/random.ts'

export interface KnownListing {
  readonly listingId: number
  readonly borrowerId: number
  readonly mode: FundingMode
  readonly ratePpm: number
  readonly closesAtMs: number
}

/** A bid as its owner knows it; it may have ended since. */
export interface KnownBid {
  readonly bidId: number
  readonly listingId: number
  readonly amountMinor: number
  readonly ratePpm: number
}

type Terms = Pick<KnownBid, 'amountMinor' | 'ratePpm'>

const MIN_BID_MINOR = 2_500
const SHARE_OF_CANCELS = 0.1
const SHARE_OF_AMENDMENTS = 0.15
const SHARE_OF_STRANGERS_BIDS = 0.02
const SHARE_ABOVE_CEILING = 0.02
const SHARE_BELOW_MINIMUM = 0.02
/** Amendments of any bid, its listing open or not; the others are of listings that look open. */
const SHARE_TOO_LATE = 0.1
const SHARE_OF_STRANGERS_LISTINGS = 0.1
/** Bids remembered for cancelling and amending; older ones have mostly ended. */
const BIDS_KEPT_MAX = 50

export class Plan {
  readonly #random: Random
  readonly #open = new Map<number, KnownListing>()
  readonly #bids = new Map<number, KnownBid[]>()

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

  placed(accountId: number, bid: KnownBid): void {
    const bids = this.#bids.get(accountId) ?? []
    this.#bids.set(accountId, bids)
    if (bids.push(bid) > BIDS_KEPT_MAX) bids.shift()
  }

  amended(accountId: number, bidId: number, terms: Terms): void {
    const bids = this.#bids.get(accountId) ?? []
    const place = bids.findIndex((bid) => bid.bidId === bidId)
    const bid = bids[place]
    if (bid !== undefined) bids[place] = { ...bid, ...terms }
  }

  forgetDue(nowMs: number): void {
    for (const { listingId, closesAtMs } of this.#open.values())
      if (closesAtMs <= nowMs) this.#open.delete(listingId)
  }

  /** What `accountId` asks for next; null when there is nothing to bid on. */
  next(accountId: number): Asked | null {
    if (this.#random.chance(SHARE_OF_CANCELS)) {
      const bid = this.#pickBid(accountId, false)
      if (bid !== null) return { kind: 'cancel', bidId: bid.bidId }
    }
    if (this.#random.chance(SHARE_OF_AMENDMENTS)) {
      const bid = this.#pickBid(accountId, !this.#random.chance(SHARE_TOO_LATE))
      if (bid !== null) return { kind: 'amend', bidId: bid.bidId, ...this.#newTerms(bid) }
    }
    if (this.#open.size === 0) return null
    const { listingId, mode, ratePpm: ceilingPpm } = this.#random.pick([...this.#open.values()])
    const amountMinor = this.#random.between(MIN_BID_MINOR, 16 * MIN_BID_MINOR)
    const isAbove = this.#random.chance(SHARE_ABOVE_CEILING)
    const ratePpm = isAbove ? ceilingPpm + 1 : this.#ratePpm(mode, ceilingPpm)
    return { kind: 'place', listingId, amountMinor, ratePpm }
  }

  /** An open listing and who asks to have it back, now and then somebody else than its borrower; null
   *  when none is open. */
  withdrawal(
    borrowers: readonly number[],
  ): { readonly borrowerId: number; readonly asked: Asked } | null {
    if (this.#open.size === 0) return null
    const { listingId, borrowerId } = this.#random.pick([...this.#open.values()])
    const isStrangers = this.#random.chance(SHARE_OF_STRANGERS_LISTINGS)
    const asked = { kind: 'withdraw', listingId } as const
    return { borrowerId: isStrangers ? this.#random.pick(borrowers) : borrowerId, asked }
  }

  /** A new listing: both modes, some too large to fill before they close. */
  terms() {
    const random = this.#random
    const mode: FundingMode = random.chance(0.5) ? 'fixed-rate' : 'uniform-auction'
    return {
      mode,
      amountMinor: random.chance(0.15)
        ? 10_000 * MIN_BID_MINOR
        : random.between(200_000, 1_500_000),
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

  /** Less keeps a bid's place in time; more, or another rate, takes a new one. */
  #newTerms({ listingId, amountMinor, ratePpm }: KnownBid): Terms {
    const listing = this.#open.get(listingId)
    const change = this.#random.pick(['less', 'more', 'rate'] as const)
    if (change === 'less') {
      const isTooLittle = this.#random.chance(SHARE_BELOW_MINIMUM)
      const lessMinor = this.#random.between(MIN_BID_MINOR, amountMinor)
      return { amountMinor: isTooLittle ? MIN_BID_MINOR - 1 : lessMinor, ratePpm }
    }
    if (change === 'more' || listing === undefined)
      return { amountMinor: amountMinor + this.#random.between(1, 8 * MIN_BID_MINOR), ratePpm }
    // A fixed rate is a ceiling too: whoever asks for less is paid the same.
    return { amountMinor, ratePpm: this.#ratePpm('uniform-auction', listing.ratePpm) }
  }

  #pickBid(accountId: number, isOpenOnly: boolean): KnownBid | null {
    const owners = [...this.#bids.keys()]
    const isStrangers = owners.length > 0 && this.#random.chance(SHARE_OF_STRANGERS_BIDS)
    const known = this.#bids.get(isStrangers ? this.#random.pick(owners) : accountId) ?? []
    const bids = isOpenOnly ? known.filter(({ listingId }) => this.#open.has(listingId)) : known
    return bids.length === 0 ? null : this.#random.pick(bids)
  }
}
