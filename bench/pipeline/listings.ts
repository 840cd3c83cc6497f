/** Keeps enough listings open for the load to bid on, half at a fixed rate, half as auctions.
 *
 *  Each takes a couple of thousand bids, so all that a listing goes through happens under load: it
 *  opens, fills, is closed and disbursed; an auction goes on displacing bids for a while. */
import { minor, ratePpm } from '../../schema/unit.ts'
import type { AccountId, ListingId } from '../../schema/unit.ts'
import type { Client } from '../../gateway/client/node.ts'

export const BID_MINOR = minor(2_500)
export const CEILING_PPM = ratePpm(120_000)
export const RATE_STEP_PPM = 1_000
const BIDS_TO_FILL = 2_000
const LISTINGS_OPEN = 64
const REFILL_MS = 5

export class OpenListings {
  readonly #operator: Client
  readonly #borrowerId: AccountId
  readonly #open: ListingId[] = []
  readonly #used: number[] = []
  #opening = 0
  #timer: NodeJS.Timeout | undefined

  constructor(operator: Client, borrowerId: AccountId) {
    this.#operator = operator
    this.#borrowerId = borrowerId
  }

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: LISTINGS_OPEN }, () => this.#openOne()))
    this.#timer = setInterval(() => this.#refill(), REFILL_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** The listing for the load's `count`-th bid. */
  pick(count: number): ListingId {
    const place = count % this.#open.length
    const listingId = this.#open[place]
    if (listingId === undefined) throw new Error('no listing is open')
    this.#used[place] = (this.#used[place] ?? 0) + 1
    return listingId
  }

  /** A full listing gives its place to a new one; until that is open its bids are refused. */
  #refill(): void {
    for (let place = 0; place < this.#open.length; place++)
      if (
        (this.#used[place] ?? 0) > BIDS_TO_FILL * (place % 2 === 0 ? 1 : 1.5) &&
        this.#opening < LISTINGS_OPEN
      ) {
        this.#used[place] = Number.NEGATIVE_INFINITY
        void this.#openOne(place)
      }
  }

  async #openOne(place?: number): Promise<void> {
    this.#opening++
    const { answer } = await this.#operator.openListing({
      borrowerId: this.#borrowerId,
      mode: (place ?? this.#open.length) % 2 === 0 ? 'fixed-rate' : 'uniform-auction',
      amountMinor: BIDS_TO_FILL * BID_MINOR,
      ratePpm: CEILING_PPM,
      termMonths: 36,
      minBidMinor: BID_MINOR,
      openMs: 15_000,
      grade: 'B',
      purpose: 'other',
    })
    this.#opening--
    if (answer.kind !== 'ListingOpened') throw new Error(`expected a listing, got ${answer.kind}`)
    const at = place ?? this.#open.length
    this.#open[at] = answer.listingId
    this.#used[at] = 0
  }
}
