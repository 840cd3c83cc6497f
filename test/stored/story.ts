/** The story that is recorded: in a hundred entries all that a market of this build can say, but for
 *  what only a full market or a very old key is told. The same seed asks the same; keys and times are
 *  those of the day. */
import { Random } from '../../deploy/random.ts'
import type {
  CancelBid,
  Command,
  Deposit,
  EventEntry,
  OpenListing,
  PlaceBid,
} from '../../schema/index.ts'
import {
  accountId,
  AMOUNT_MINOR_MAX,
  assert,
  atMs,
  bidId,
  GRADES,
  keyFrom,
  listingId,
  minor,
  named,
  PLAIN_BID,
  PLAIN_LISTING,
  PURPOSES,
  ratePpm,
} from '../../schema/index.ts'

/** What the story is told to. */
export interface Listener {
  /** One entry and its answer. */
  ask(commands: readonly Command[]): Promise<EventEntry>
  /** One entry of a writer of its own. */
  askAs(source: string, commands: readonly Command[]): Promise<EventEntry>
  /** Resolves when time has closed the listing. */
  closed(listing: number): Promise<void>
  /** The engine has saved its state. */
  hasSnapshot(): Promise<boolean>
}

const SEED = 20_260_101
const ANN = 11
const BEN = 12
const CAT = 13
const DAN = 14
const EVE = 15
/** Has as much as can be deposited at once: more than 32 bits hold. */
const RICH = 2 ** 33 + 1
const POOR = 17
const LENDERS = [ANN, BEN, CAT, DAN, EVE]
const BORROWERS = [21, 22, 23]

const LONG_MS = 3_600_000
/** Long enough for the bids that come before it is over. */
const SHORT_MS = 1_500
/** Over only after the snapshot. */
const MIDDLE_MS = 12_000
const KEY_AHEAD_MS = 600_000

export class Story {
  readonly #to: Listener
  readonly #random = new Random(SEED)
  #originals: Command[] = []
  #batch: Command[] = []
  #wide = 0
  #auction = 0
  #pending = 0
  #borrower = 0
  #listings = 0
  #resting = { fixed: 0, auction: 0 }

  constructor(to: Listener) {
    this.#to = to
  }

  async tell(): Promise<void> {
    await this.#deposit()
    await this.#fillFixedRate()
    await this.#closeInTime()
    await this.#openForLater()
    await this.#refuse()
    await this.#repeat()
    while (!(await this.#to.hasSnapshot())) await this.#bidAnywhere()
    await this.#repeat()
    await this.#refuse()
    await this.#displaceOldBids()
    await this.#fillWithOldBids()
    await this.#closeInTime()
    await this.#to.closed(this.#pending)
    await this.#leaveOpen()
  }

  async #deposit(): Promise<void> {
    const deposits = LENDERS.map((lender) => this.#cash(lender, this.#random.between(5, 9) * 1e6))
    await this.#to.ask(deposits)
    await this.#to.ask([this.#cash(RICH, AMOUNT_MINOR_MAX), this.#cash(POOR, 3_000)])
    this.#originals.push(...deposits.slice(0, 1))
    this.#batch = [this.#cash(EVE, 100_001), this.#cash(DAN, 100_002)]
    await this.#to.askAs('desk', this.#batch)
    await this.#to.askAs('desk', this.#batch)
  }

  /** Bids taken whole, one cancelled, and a last one taken in part, which funds the loan. */
  async #fillFixedRate(): Promise<void> {
    const open = this.#listing('fixed-rate', 1_000_000, LONG_MS)
    const listing = await this.#open(open)
    const whole = this.#bid(ANN, listing, 400_000, 90_000)
    const first = await this.#place(whole)
    await this.#place(this.#bid(BEN, listing, 250_000, 120_000))
    const cancel = this.#cancel(ANN, first)
    await this.#to.ask([cancel])
    await this.#place(this.#bid(CAT, listing, 300_000, 110_000))
    const refused = this.#bid(DAN, listing, 449_000, 100_000)
    await this.#to.ask([refused])
    await this.#place(this.#bid(DAN, listing, 700_000, 100_000))
    this.#originals.push(open, whole, cancel, refused)
  }

  /** An auction that is covered, with bids displaced in part and whole, and a listing that is not. */
  async #closeInTime(): Promise<void> {
    const [auction, expiring] = await this.#openBoth(600_000, SHORT_MS)
    await this.#place(this.#bid(ANN, auction, 300_000, 140_000))
    await this.#place(this.#bid(BEN, auction, 400_000, 130_000))
    await this.#place(this.#bid(CAT, auction, 350_000, 90_000))
    await this.#to.ask([
      this.#bid(DAN, auction, 50_000, 130_000),
      this.#bid(DAN, expiring, 70_000, 60_000),
      this.#bid(EVE, expiring, 80_000, 0),
      this.#bid(EVE, auction, 100_000, 80_000),
    ])
    await this.#to.closed(auction)
    await this.#to.closed(expiring)
    await this.#to.ask([this.#bid(ANN, auction, 50_000, 10_000)])
  }

  /** What the snapshot finds open: books of both modes, one bid displaced in part. */
  async #openForLater(): Promise<void> {
    const auction = this.#listing('uniform-auction', 900_000, LONG_MS)
    this.#auction = await this.#open(auction)
    this.#originals.push(auction)
    const fixed = this.#listing('fixed-rate', 900_000, LONG_MS)
    this.#borrower = fixed.accountId
    this.#wide = await this.#open(fixed)
    this.#pending = await this.#open(this.#listing('uniform-auction', 200_000, MIDDLE_MS))
    await this.#place(this.#bid(ANN, this.#pending, 150_000, 75_000))
    await this.#place(this.#bid(RICH, this.#pending, 150_000, 80_000))
    await this.#place(this.#bid(ANN, this.#auction, 500_000, 140_000))
    this.#resting.auction = await this.#place(this.#bid(BEN, this.#auction, 300_000, 120_000))
    await this.#place(this.#bid(CAT, this.#auction, 350_000, 110_000))
    this.#resting.fixed = await this.#place(this.#bid(DAN, this.#wide, 5_000, 150_000))
    await this.#place(this.#bid(EVE, this.#wide, 6_000, 20_000))
  }

  /** One entry each, and an entry of several. */
  async #refuse(): Promise<void> {
    const wide = this.#wide
    const [used] = this.#originals
    assert(used?.kind === 'Deposit', 'a deposit was made')
    const now = Date.now()
    await this.#to.ask([{ ...used, amountMinor: minor(used.amountMinor + 1) }])
    await this.#to.ask([this.#bid(POOR, wide, 4_000, 90_000), this.#bid(ANN, 999, 4_000, 90_000)])
    await this.#to.ask([this.#bid(ANN, wide, 4_000, 150_001), this.#bid(BEN, wide, 2_499, 1)])
    await this.#to.ask([this.#bid(this.#borrower, wide, 4_000, 90_000)])
    await this.#to.ask([
      this.#cancel(ANN, 99_999),
      this.#cancel(EVE, this.#resting.auction),
      this.#cancel(ANN, 1),
      { ...this.#cash(ANN, 5), deadlineMs: atMs(now - 1) },
      { ...this.#listing('fixed-rate', 10_000, LONG_MS), minBidMinor: minor(10_001) },
      { ...this.#bid(ANN, wide, 4_000, 90_000), key: this.#newKey(now + KEY_AHEAD_MS) },
    ])
    await this.#to.ask([{ ...this.#cash(CAT, 7), deadlineMs: atMs(now + LONG_MS) }])
  }

  /** Every kind of command once more under its first key, alone and together; a whole entry, too. */
  async #repeat(): Promise<void> {
    for (const original of this.#originals) await this.#to.ask([original])
    await this.#to.ask(this.#originals)
    await this.#to.askAs('desk', this.#batch)
  }

  async #bidAnywhere(): Promise<void> {
    const lender = this.#random.pick(LENDERS)
    const listing = this.#random.pick([this.#wide, this.#auction])
    const amount = this.#random.between(2_500, 9_000)
    const rate = this.#random.between(100_000, 150_000)
    await this.#to.ask([this.#bid(lender, listing, amount, rate)])
  }

  async #displaceOldBids(): Promise<void> {
    await this.#place(this.#bid(RICH, this.#auction, 45_000, 50_000))
    await this.#place(this.#bid(EVE, this.#auction, 400_000, 40_000))
    await this.#to.ask([this.#cancel(DAN, this.#resting.fixed)])
  }

  async #fillWithOldBids(): Promise<void> {
    await this.#place(this.#bid(RICH, this.#wide, AMOUNT_MINOR_MAX / 2, 30_000))
  }

  /** What is open at the end. */
  async #leaveOpen(): Promise<void> {
    const [auction, fixed] = await this.#openBoth(300_000, LONG_MS)
    await this.#place(this.#bid(RICH, auction, 200_000, 120_000))
    await this.#place(this.#bid(ANN, auction, 150_000, 100_000))
    await this.#place(this.#bid(BEN, fixed, 90_000, 0))
  }

  async #openBoth(amount: number, openMs: number): Promise<[auction: number, fixed: number]> {
    const auction = await this.#open(this.#listing('uniform-auction', amount, openMs))
    return [auction, await this.#open(this.#listing('fixed-rate', amount, openMs))]
  }

  async #open(command: OpenListing): Promise<number> {
    const { answered } = await this.#to.ask([command])
    const opened = answered[0]?.[0]
    assert(opened?.kind === 'ListingOpened', 'the listing is opened')
    return opened.listingId
  }

  async #place(command: PlaceBid): Promise<number> {
    const { answered } = await this.#to.ask([command])
    const placed = answered[0]?.[0]
    assert(placed?.kind === 'BidPlaced', 'the bid is placed')
    return placed.bidId
  }

  #cash(owner: number, amount: number): Deposit {
    return { kind: 'Deposit', ...this.#by(owner), amountMinor: minor(amount) }
  }

  /** Each with the next grade and the next purpose: a dozen of them have all. */
  #listing(mode: OpenListing['mode'], amount: number, openMs: number): OpenListing {
    const random = this.#random
    const number = ++this.#listings
    return {
      kind: 'OpenListing',
      ...this.#by(random.pick(BORROWERS)),
      mode,
      amountMinor: minor(amount),
      ratePpm: ratePpm(150_000),
      termMonths: random.pick([12, 36, 60]),
      minBidMinor: minor(2_500),
      openMs,
      grade: named(GRADES, number % GRADES.length),
      purpose: named(PURPOSES, number % PURPOSES.length),
      ...PLAIN_LISTING,
    }
  }

  #bid(owner: number, listing: number, amount: number, rate: number): PlaceBid {
    const by = this.#by(owner)
    const terms = { amountMinor: minor(amount), ratePpm: ratePpm(rate) }
    return { kind: 'PlaceBid', ...by, listingId: listingId(listing), ...terms, ...PLAIN_BID }
  }

  #cancel(owner: number, bid: number): CancelBid {
    return { kind: 'CancelBid', ...this.#by(owner), bidId: bidId(bid) }
  }

  #by(owner: number) {
    return { key: this.#newKey(Date.now()), accountId: accountId(owner), deadlineMs: 0 as const }
  }

  #newKey(timeMs: number) {
    return keyFrom(
      timeMs,
      Uint8Array.from({ length: 10 }, () => this.#random.below(256)),
    )
  }
}
