/** The journal of a busy market, made by the real engine: nine of ten commands are bids, half of the
 *  listings are auctions, some fill and some expire, some bids are cancelled. Seeded. */
import { randomBytes } from 'node:crypto'
import { Random } from '../../deploy/random.ts'
import { applyEntry, createState } from '../../engine/index.ts'
import type { State } from '../../engine/index.ts'
import { appendEvents, encodeCommandBody } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import {
  accountId,
  atMs,
  entryAtMs,
  keyFrom,
  listingId,
  minor,
  PLAIN_BID,
  PLAIN_LISTING,
  ratePpm,
  SCHEMA_VERSION,
  sequence,
} from '../../schema/index.ts'
import type { BidId, Command, EntryId, EventEntry, Sequence } from '../../schema/index.ts'

const PEOPLE = 2_000
const DEPOSIT_MINOR = 100_000_000_000
/** Bids go to one of the newest listings. */
const LISTINGS_BIDDEN = 200

export class Stream {
  readonly #journal: Journal
  readonly #state: State = createState()
  readonly #source = randomBytes(6).toString('hex')
  #batch = 0
  #bids: { bidId: BidId; owner: number }[] = []
  readonly #random: Random
  /** The last entry. */
  sequence: Sequence = sequence(0)
  bids = 0

  constructor(journal: Journal, seed: number) {
    this.#journal = journal
    this.#random = new Random(seed)
  }

  /** Money for everybody and the first listings. */
  async open(): Promise<void> {
    const people = Array.from({ length: PEOPLE }, (_, index) => index + 1)
    await this.tell([people.map((person) => this.#deposit(person))])
    await this.tell([Array.from({ length: LISTINGS_BIDDEN }, () => this.#listing())])
  }

  /** Some entries, sent together; the clock is the journal's own. */
  async run(entries: number, commands: number): Promise<readonly EventEntry[]> {
    return this.tell(Array.from({ length: entries }, () => this.#many(commands)))
  }

  async tell(ticks: readonly (readonly Command[])[]): Promise<readonly EventEntry[]> {
    const ids = await Promise.all(
      ticks.map((commands, index) => this.#add(this.#batch + index + 1, commands)),
    )
    const entries = ticks.map((commands, index) =>
      this.#apply(String(ids[index]) as EntryId, commands),
    )
    await appendEvents(this.#journal, entries)
    return entries
  }

  #add(batch: number, commands: readonly Command[]): Promise<unknown> {
    const fields = [
      's',
      this.#source,
      'b',
      batch,
      'd',
      encodeCommandBody(commands, atMs(Date.now())),
    ]
    return this.#journal.call('XADD', this.#journal.keys.commands, '*', ...fields)
  }

  #apply(id: EntryId, commands: readonly Command[]): EventEntry {
    this.#batch += 1
    const said = applyEntry(this.#state, {
      id,
      atMs: entryAtMs(id),
      source: this.#source,
      batch: this.#batch,
      commands,
      writing: { version: SCHEMA_VERSION, atMs: entryAtMs(id) },
    })
    this.sequence = said.sequence
    for (const [answer] of said.answered) {
      if (answer?.kind !== 'BidPlaced') continue
      this.bids += 1
      this.#bids.push({ bidId: answer.bidId, owner: answer.accountId })
    }
    if (this.#bids.length > 4_000) this.#bids = this.#bids.slice(-2_000)
    return said
  }

  #many(count: number): Command[] {
    return Array.from({ length: count }, () => {
      const dice = this.#random.below(1000)
      if (dice < 12) return this.#listing()
      if (dice < 50) return this.#cancel()
      return this.#bid()
    })
  }

  #deposit(person: number): Command {
    return { kind: 'Deposit', ...this.#by(person), amountMinor: minor(DEPOSIT_MINOR) }
  }

  #listing(): Command {
    return {
      kind: 'OpenListing',
      ...this.#by(this.#random.below(PEOPLE) + 1),
      mode: this.#random.below(2) === 0 ? 'fixed-rate' : 'uniform-auction',
      amountMinor: minor((this.#random.below(40) + 5) * 100_000),
      ratePpm: ratePpm((this.#random.below(18) + 6) * 10_000),
      termMonths: 36,
      minBidMinor: minor(2_500),
      openMs: 5_000 + this.#random.below(25_000),
      grade: 'B',
      purpose: 'debt_consolidation',
      ...PLAIN_LISTING,
    }
  }

  #bid(): Command {
    const newest = this.#state.nextListingId - 1
    const oldest = Math.max(1, newest - LISTINGS_BIDDEN)
    return {
      kind: 'PlaceBid',
      ...this.#by(this.#random.below(PEOPLE) + 1),
      listingId: listingId(oldest + this.#random.below(newest - oldest + 1)),
      amountMinor: minor((this.#random.below(20) + 1) * 2_500),
      ratePpm: ratePpm((this.#random.below(10) + 1) * 10_000),
      ...PLAIN_BID,
    }
  }

  #cancel(): Command {
    const bid = this.#bids[this.#random.below(Math.max(1, this.#bids.length))]
    if (bid === undefined) return this.#bid()
    return { kind: 'CancelBid', ...this.#by(bid.owner), bidId: bid.bidId }
  }

  #by(person: number) {
    const key = keyFrom(Date.now(), randomBytes(10))
    return { key, accountId: accountId(person), deadlineMs: 0 as const }
  }
}
