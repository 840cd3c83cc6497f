/** Keeps enough listings open for the load to bid on, half at a fixed rate, half as auctions.
 *
 *  Each takes a couple of thousand bids, so all that a listing goes through happens under load: it
 *  opens, fills, is closed and disbursed; an auction goes on displacing bids for a while. They differ
 *  in size and in time, as real ones do: the load goes round them evenly, and equal ones would all fill
 *  and all expire in the same moment. */
import { Random } from '../../deploy/random.ts'
import { minor, ratePpm } from '../../schema/unit.ts'
import type { AccountId, ListingId } from '../../schema/unit.ts'
import type { Client } from '../../gateway/client/node.ts'

export const BID_MINOR = minor(2_500)
export const CEILING_PPM = ratePpm(120_000)
export const RATE_STEP_PPM = 1_000
const BIDS_TO_FILL_MIN = 500
const BIDS_TO_FILL_MAX = 3_500
const OPEN_MS_MIN = 8_000
const OPEN_MS_MAX = 22_000
/** Of the bids that cover it; an auction displaces as many as it gets beyond. */
const BIDS_FOR_FIXED_RATE = 1
const BIDS_FOR_AUCTION = 1.5
const LISTINGS_OPEN = 64
const REFILL_MS = 5

export class OpenListings {
  readonly #operator: Client
  readonly #borrowerId: AccountId
  readonly #random: Random
  readonly #open: ListingId[] = []
  /** Bids that each place may still be given. */
  readonly #left: number[] = []
  #opening = 0
  #timer: NodeJS.Timeout | undefined

  constructor(operator: Client, borrowerId: AccountId, seed: number) {
    this.#operator = operator
    this.#random = new Random(seed)
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
    this.#left[place] = (this.#left[place] ?? 0) - 1
    return listingId
  }

  /** A full listing gives its place to a new one; until that is open its bids are refused. */
  #refill(): void {
    for (let place = 0; place < this.#open.length; place++)
      if ((this.#left[place] ?? 0) < 0 && this.#opening < LISTINGS_OPEN) {
        this.#left[place] = Number.POSITIVE_INFINITY
        void this.#openOne(place)
      }
  }

  async #openOne(place?: number): Promise<void> {
    this.#opening++
    const isFixedRate = (place ?? this.#open.length) % 2 === 0
    const bidsToFill = this.#random.between(BIDS_TO_FILL_MIN, BIDS_TO_FILL_MAX)
    const { answer } = await this.#operator.openListing({
      borrowerId: this.#borrowerId,
      mode: isFixedRate ? 'fixed-rate' : 'uniform-auction',
      amountMinor: bidsToFill * BID_MINOR,
      ratePpm: CEILING_PPM,
      termMonths: 36,
      minBidMinor: BID_MINOR,
      openMs: this.#random.between(OPEN_MS_MIN, OPEN_MS_MAX),
      grade: 'B',
      purpose: 'other',
    })
    this.#opening--
    if (answer.kind !== 'ListingOpened') throw new Error(`expected a listing, got ${answer.kind}`)
    const at = place ?? this.#open.length
    this.#open[at] = answer.listingId
    this.#left[at] = bidsToFill * (isFixedRate ? BIDS_FOR_FIXED_RATE : BIDS_FOR_AUCTION)
  }
}
