/** Keeps enough listings open for the load to bid on, half at a fixed rate, half as auctions.
 *
 *  Each takes a couple of thousand bids, so all that a listing goes through happens under load: it
 *  opens, fills, is closed and disbursed; an auction goes on displacing bids for a while. They differ
 *  in size and in time, as real ones do: the load goes round them evenly, and equal ones would all fill
 *  and all expire in the same moment. */
import { setTimeout as sleep } from 'node:timers/promises'
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
  /** When each place's listing ends, and when the last of all does: of `performance.now()`. */
  readonly #endsAtMs: number[] = []
  #lastEndsAtMs = 0
  #opening = 0
  #timer: NodeJS.Timeout | undefined

  constructor(operator: Client, borrowerId: AccountId, seed: number) {
    this.#operator = operator
    this.#random = new Random(seed)
    this.#borrowerId = borrowerId
  }

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: LISTINGS_OPEN }, (_, place) => this.#openOne(place)))
    this.#timer = setInterval(() => this.#refill(), REFILL_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Stops, and waits until the last of its listings has ended. */
  async end(): Promise<void> {
    this.stop()
    await sleep(Math.max(0, this.#lastEndsAtMs - performance.now()))
  }

  /** The listing for the load's `count`-th bid. */
  pick(count: number): ListingId {
    const place = count % this.#open.length
    const listingId = this.#open[place]
    if (listingId === undefined) throw new Error('no listing is open')
    this.#left[place] = (this.#left[place] ?? 0) - 1
    return listingId
  }

  /** A listing that is full or has ended gives its place to a new one; until that is open its bids are
   *  refused. */
  #refill(): void {
    const nowMs = performance.now()
    for (let place = 0; place < this.#open.length; place++) {
      const isOver = (this.#left[place] ?? 0) < 0 || (this.#endsAtMs[place] ?? 0) <= nowMs
      if (!isOver || this.#opening >= LISTINGS_OPEN) continue
      this.#left[place] = Number.POSITIVE_INFINITY
      this.#endsAtMs[place] = Number.POSITIVE_INFINITY
      void this.#openOne(place)
    }
  }

  async #openOne(place: number): Promise<void> {
    this.#opening++
    const isFixedRate = place % 2 === 0
    const openMs = this.#random.between(OPEN_MS_MIN, OPEN_MS_MAX)
    const bidsToFill = this.#random.between(BIDS_TO_FILL_MIN, BIDS_TO_FILL_MAX)
    const { answer } = await this.#operator.openListing({
      borrowerId: this.#borrowerId,
      mode: isFixedRate ? 'fixed-rate' : 'uniform-auction',
      amountMinor: bidsToFill * BID_MINOR,
      ratePpm: CEILING_PPM,
      termMonths: 36,
      minBidMinor: BID_MINOR,
      openMs,
      grade: 'B',
      purpose: 'other',
    })
    this.#opening--
    this.#open[place] = answer.listingId
    this.#endsAtMs[place] = performance.now() + openMs
    this.#lastEndsAtMs = Math.max(this.#lastEndsAtMs, performance.now() + openMs)
    this.#left[place] = bidsToFill * (isFixedRate ? BIDS_FOR_FIXED_RATE : BIDS_FOR_AUCTION)
  }
}
