/** Whoever asks for a loan, and the desk that puts it on the market at a steady pace and seldom takes it
 *  back. */
import type { Board } from './board.ts'
import { draftListing, OPEN_MS_MEAN, takenBack } from './listing-desk.ts'
import type { Loan } from './loans.ts'
import type { Operator } from './operator.ts'
import type { Random } from '../random.ts'

/** Listings for each bid: with these habits it leaves about one in five funded (test/deploy). */
const LISTINGS_PER_BID = 0.7 / 60
/** Of the market that a steady pace leads to, this much is listed at once into an empty one. */
const START_SHARE = 0.6
const AT_ONCE_MAX = 400

export class ListingDesk {
  readonly #operator: Operator
  readonly #board: Board
  readonly #loans: readonly Loan[]
  readonly #random: Random
  readonly #perSecond: number
  readonly #borrowers: number[] = []
  #budget = 0
  #isStocked = false

  constructor(
    operator: Operator,
    board: Board,
    loans: readonly Loan[],
    random: Random,
    bidsPerSecond: number,
  ) {
    this.#operator = operator
    this.#board = board
    this.#loans = loans
    this.#random = random
    this.#perSecond = bidsPerSecond * LISTINGS_PER_BID
  }

  addBorrower(accountId: number): void {
    this.#borrowers.push(accountId)
  }

  /** Lists what has become due in `ms` of time. */
  tick(ms: number): void {
    if (this.#borrowers.length === 0 || !this.#board.isKnown) return
    this.#budget += (this.#perSecond * ms) / 1_000
    if (!this.#isStocked) this.#stock()
    for (; this.#budget >= 1; this.#budget--) {
      void this.#list()
      void this.#takeBack()
    }
  }

  /** A first visitor should not have to watch an empty market for twenty minutes. */
  #stock(): void {
    this.#isStocked = true
    const usual = (this.#perSecond * OPEN_MS_MEAN) / 1_000
    const missing = Math.floor(usual * START_SHARE) - this.#board.open().length
    this.#budget += Math.min(AT_ONCE_MAX, Math.max(0, missing))
  }

  async #list(): Promise<void> {
    const draft = draftListing(this.#loans, this.#random)
    try {
      await this.#operator.list(this.#random.pick(this.#borrowers), draft)
    } catch {
      // The market is full or closing: this loan is not asked for.
    }
  }
  /** Only what was opened for one of its own borrowers. */
  async #takeBack(): Promise<void> {
    const own = this.#board.open().filter((row) => this.#borrowers.includes(row.borrowerId))
    const listing = takenBack(own, this.#random)
    if (listing === null) return
    try {
      await this.#operator.withdraw(listing.borrowerId, listing.listingId)
    } catch {
      // It has just closed, or the market is closing.
    }
  }
}
