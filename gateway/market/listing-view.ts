/** One listing with its book, as events make it.
 *
 *  Invariant: each level's amount and count are the sum over the listing's open bids at that rate, and
 *  `row.fundedMinor` is the sum over the levels. The clearing rate is worked out when it is looked at. */
import { weightedRatePpm } from '../../engine/index.ts'
import { earnsOwnRate, minor, PAGE_ROWS_MAX } from '../../schema/index.ts'
import type {
  AtMs,
  BookLevel,
  ListingId,
  ListingOpened,
  ListingRow,
  ListingStatus,
  Minor,
  RatePpm,
  Sequence,
} from '../../schema/index.ts'
import { Newest } from '../feed/newest.ts'
import type { OpenBid } from './open-bid.ts'

type Changing<Row> = { -readonly [Field in keyof Row]: Row[Field] }

interface Level {
  amountMinor: number
  bids: number
}

export class ListingView {
  readonly #row: Changing<ListingRow>
  readonly #levels = new Map<RatePpm, Level>()
  readonly fills = new Newest<OpenBid>(PAGE_ROWS_MAX)
  /** False when it was open already as this gateway started: older fills are in the records only. */
  readonly isWhole: boolean
  /** Of the newest entry that changed anything here. */
  changedAt: Sequence
  /** Rates whose level changed since the listing's own channel last said so; null: nobody follows. */
  changedRates: Set<RatePpm> | null = null
  /** Not yet told on the market channel. */
  isUntold = false
  #isRowOld = false
  #json: string | null = null

  constructor(row: ListingRow, isWhole: boolean, changedAt: Sequence) {
    this.#row = { ...row }
    this.isWhole = isWhole
    this.changedAt = changedAt
  }

  get row(): ListingRow {
    if (this.#isRowOld) {
      this.#row.clearingRatePpm = this.#clearingRate()
      this.#isRowOld = false
    }
    return this.#row
  }

  /** The row as JSON, made once for each change. */
  get json(): string {
    return (this.#json ??= JSON.stringify(this.row))
  }

  get id(): ListingId {
    return this.#row.listingId
  }

  get isOpen(): boolean {
    return this.#row.status === 'open'
  }

  addBid(bid: OpenBid): void {
    this.#row.bidCount++
    this.fills.add(bid)
    this.#move(bid.ratePpm, bid.acceptedMinor, 1)
  }

  /** An open bid has new terms: what it had at the rate before goes, what it has now comes. */
  amendBid(
    before: { readonly ratePpm: RatePpm; readonly acceptedMinor: Minor },
    now: OpenBid,
  ): void {
    this.#move(before.ratePpm, 0 - before.acceptedMinor, -1)
    this.#move(now.ratePpm, now.acceptedMinor, 1)
  }

  /** Part or all of an open bid is gone. */
  takeOut(bid: OpenBid, releasedMinor: Minor, isGone: boolean): void {
    if (isGone) this.#row.bidCount--
    this.#move(bid.ratePpm, 0 - releasedMinor, isGone ? -1 : 0)
  }

  /** Funded at `clearingRatePpm`, else ended at its own rate. The book is empty from here on. */
  close(status: ListingStatus, clearingRatePpm: RatePpm, atMs: AtMs): void {
    this.#row.status = status
    this.#row.closedAtMs = atMs
    this.#row.clearingRatePpm = clearingRatePpm
    this.#isRowOld = false
    this.#json = null
    for (const rate of this.#levels.keys()) this.changedRates?.add(rate)
    this.#levels.clear()
  }

  /** Best rate first. */
  levels(): BookLevel[] {
    const rates = [...this.#levels.keys()].sort((a, b) => a - b)
    return rates.map((rate) => this.level(rate))
  }

  /** Amount 0: gone. */
  level(rate: RatePpm): BookLevel {
    const level = this.#levels.get(rate)
    return [rate, minor(level?.amountMinor ?? 0), level?.bids ?? 0]
  }

  #move(rate: RatePpm, amountMinor: number, bids: number): void {
    let level = this.#levels.get(rate)
    if (level === undefined) this.#levels.set(rate, (level = { amountMinor: 0, bids: 0 }))
    level.amountMinor += amountMinor
    level.bids += bids
    if (level.bids === 0) this.#levels.delete(rate)
    this.#row.fundedMinor = minor(this.#row.fundedMinor + amountMinor)
    this.changedRates?.add(rate)
    this.#isRowOld = true
    this.#json = null
  }

  /** From here on nothing changes in its book. */
  enter(status: ListingStatus, change: Partial<ListingRow> = {}): void {
    Object.assign(this.#row, change, { status })
    this.#isRowOld = false
    this.#json = null
  }

  /** A fixed rate is what it is; where all are paid one rate an auction is at its ceiling until it is covered, then at
   *  its worst accepted rate; where each is paid the own rate it is what they ask on average. */
  #clearingRate(): RatePpm {
    const { mode, ratePpm, fundedMinor, amountMinor } = this.#row
    if (mode === 'fixed-rate' || mode === 'pro-rata') return ratePpm
    if (earnsOwnRate(mode)) return weightedRatePpm(this.#accepted(), ratePpm)
    if (fundedMinor < amountMinor) return ratePpm
    let worst = 0 as RatePpm
    for (const rate of this.#levels.keys()) if (rate > worst) worst = rate
    return worst
  }

  *#accepted(): Generator<{ readonly acceptedMinor: number; readonly ratePpm: RatePpm }> {
    for (const [ratePpm, { amountMinor }] of this.#levels)
      yield { acceptedMinor: amountMinor, ratePpm }
  }
}

/** The row of a listing that has just opened. */
export function openedRow(opened: ListingOpened, openedAtMs: AtMs): ListingRow {
  const { kind: _, ...terms } = opened
  return {
    ...terms,
    status: opened.opensAtMs === 0 ? 'open' : 'scheduled',
    opensAtMs: opened.opensAtMs === 0 ? openedAtMs : opened.opensAtMs,
    floorMinor: opened.floorMinor === 0 ? opened.amountMinor : minor(opened.floorMinor),
    reviewByMs: 0,
    fundedMinor: minor(0),
    clearingRatePpm: opened.ratePpm,
    bidCount: 0,
    openedAtMs,
    closedAtMs: 0,
  }
}
