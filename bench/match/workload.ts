/** One stream of bids and cancels over many books at once, the same for everyone who is measured.
 *
 *  A pilot book decides beforehand what each step will do, so that the stream holds no refused bids
 *  and the peer can be asked for the same work: a bid that rests, a bid that first takes its
 *  place from the worst ones, a cancel. Two places in three, one cancel in three; bids of $25 to $500
 *  on listings of $40,000, so some 150 bids rest in a book; rates in steps of 0.01 %. */
import { newAccount } from '../../engine/cash/account.ts'
import { newBid } from '../../engine/market/book/bid.ts'
import type { Bid } from '../../engine/market/book/bid.ts'
import type { Book, BookTerms, Wish } from '../../engine/market/book/book.ts'
import { FAST_BOOKS } from '../../engine/market/book/books.ts'
import {
  accountId,
  atMs,
  bidId,
  BIDS_PER_LISTING_MAX,
  listingId,
  minor,
  PLAIN_BID,
  ratePpm,
} from '../../schema/index.ts'
import type { FundingMode } from '../../schema/index.ts'
import { Random } from '../../deploy/random.ts'

export const TERMS: BookTerms = {
  amountMinor: minor(4_000_000),
  ratePpm: ratePpm(200_000),
  minBidMinor: minor(2_500),
  bidsMax: BIDS_PER_LISTING_MAX,
}
const BID_MINOR_MAX = 50_000
const RATE_STEP_PPM = 100
const PLACED_AT_MS = atMs(1_700_000_000_000)

/** A step places bid number `bid` of the stream, or cancels it. */
export interface Step extends Wish {
  readonly book: number
  readonly bid: number
  readonly isCancel: boolean
  /** What worse bids lose to this one; 0 when it only rests. */
  readonly displacesMinor: number
}

const ANYONE = newAccount(accountId(1), 0)

export function makeSteps(mode: FundingMode, books: number, count: number, seed: number): Step[] {
  const random = new Random(seed)
  const pilots = Array.from({ length: books }, () => new Pilot(mode))
  const steps: Step[] = []
  let placed = 0
  while (steps.length < count) {
    const book = random.below(books)
    const pilot = pilots[book]
    const step = pilot?.cancel(book, random) ?? pilot?.place(book, placed, random) ?? null
    if (step === null) continue
    if (!step.isCancel) placed++
    steps.push(step)
  }
  return steps
}

/** A bid as the engine would make it. */
export function bidOf(number: number, step: Step): Bid {
  return newBid({
    bidId: bidId(number + 1),
    listingId: listingId(step.book + 1),
    account: ANYONE,
    amountMinor: step.amountMinor,
    acceptedMinor: step.amountMinor,
    ratePpm: step.ratePpm,
    place: number + 1,
    minFillMinor: 0,
    rank: 'by-rate',
    placedAtMs: PLACED_AT_MS,
    key: null,
  })
}

class Pilot {
  readonly #book: Book
  readonly #closesWhenCovered: boolean
  readonly #open: Bid[] = []

  constructor(mode: FundingMode) {
    this.#book = FAST_BOOKS[mode](TERMS)
    this.#closesWhenCovered = mode === 'fixed-rate' || mode === 'rate-book'
  }

  /** One time in three takes out one of the open bids; null otherwise. */
  cancel(book: number, random: Random): Step | null {
    if (random.below(3) > 0) return null
    const bid = this.#takeOpen(random)
    if (bid === null) return null
    this.#book.cancel(bid)
    const { amountMinor, ratePpm: rate } = bid
    return {
      book,
      bid: bid.bidId - 1,
      isCancel: true,
      amountMinor,
      ratePpm: rate,
      ...PLAIN_BID,
      displacesMinor: 0,
    }
  }

  /** Null when the bid would be refused, cut below the minimum, or would close the listing. */
  place(book: number, number: number, random: Random): Step | null {
    const amountMinor = minor(TERMS.minBidMinor + random.below(BID_MINOR_MAX - TERMS.minBidMinor))
    const rate = ratePpm(RATE_STEP_PPM * random.below(1 + TERMS.ratePpm / RATE_STEP_PPM))
    const accepted = this.#book.quote({ amountMinor, ratePpm: rate, ...PLAIN_BID }, null)
    if (typeof accepted === 'string' || accepted < TERMS.minBidMinor) return null
    const leftMinor = TERMS.amountMinor - this.#book.fundedMinor
    if (this.#closesWhenCovered && accepted === leftMinor) return null
    const wish = { ...PLAIN_BID, amountMinor: accepted, ratePpm: rate }
    const step = { book, bid: number, isCancel: false, ...wish }
    const displacesMinor = Math.max(0, accepted - leftMinor)
    const bid = bidOf(number, { ...step, displacesMinor })
    this.#book.place(bid)
    this.#open.push(bid)
    return { ...step, displacesMinor }
  }

  /** A random open bid; forgets those that were displaced meanwhile. */
  #takeOpen(random: Random): Bid | null {
    while (this.#open.length > 0) {
      const index = random.below(this.#open.length)
      const bid = this.#open[index]
      const last = this.#open.pop()
      if (bid !== last && last !== undefined) this.#open[index] = last
      if (bid !== undefined && bid.acceptedMinor > 0) return bid
    }
    return null
  }
}
