/** An engine that follows a seeded script: what a market's people ask, entry by entry, with a clock of
 *  its own, and the real engine's answers, all in a real journal. Both halves of an entry are written as
 *  the gateway and the engine process write them, only under an id of the script's own time. */
import { applyEntry, createState, digestOf, dumpState, MARKET_LIMITS } from '../../engine/index.ts'
import type { MarketLimits, SnapshotChunk, State } from '../../engine/index.ts'
import {
  appendEvents,
  encodeCommandBody,
  packChunks,
  saveSnapshot,
} from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import {
  accountId,
  atMs,
  bidId,
  BIDS_PER_LISTING_MAX,
  COMMANDS_PER_ENTRY_MAX,
  FUNDING_MODES,
  keyFrom,
  listingId,
  minor,
  PLAIN_BID,
  PLAIN_LISTING,
  ratePpm,
} from '../../schema/index.ts'
import type {
  BidId,
  Command,
  CommandOf,
  EntryId,
  EventEntry,
  Key,
  ListingId,
} from '../../schema/index.ts'
import { Random } from '../../deploy/random.ts'
import { writtenAt } from '../engine/writing.ts'

const START_MS = 1_767_225_600_000
const PEOPLE = 40
const DEPOSIT_MINOR = 500_000_000
const SMALLEST_BID_MINOR = 2_500
const SOURCE = 'script'
/** They neither borrow nor lend. */
const REVIEWERS = [PEOPLE + 1, PEOPLE + 2] as const
const ENTRIES_AT_ONCE = 16

export class ScriptedEngine {
  readonly random: Random
  /** All that was said, in order. */
  readonly entries: EventEntry[] = []
  readonly #journal: Journal
  readonly #state: State
  #nowMs = START_MS
  #batch = 0
  #asked: readonly Command[] = []
  #used: Command[] = []

  constructor(journal: Journal, seed: number, limits: MarketLimits = MARKET_LIMITS) {
    this.#journal = journal
    this.#state = createState(undefined, limits)
    this.random = new Random(seed)
  }

  /** Everybody gets money. */
  async open(): Promise<void> {
    const deposits = Array.from({ length: PEOPLE }, (_, index) =>
      this.deposit(index + 1, DEPOSIT_MINOR),
    )
    await this.tell(deposits)
  }

  /** Some entries of a busy market: listings open, fill, expire, are withdrawn; bids come, are outbid,
   *  amended, cancelled, refused and repeated; now and then a whole entry comes twice. */
  async run(entries: number, commandsMax = 24): Promise<void> {
    for (let told = 0; told < entries; told += ENTRIES_AT_ONCE) {
      const said: Promise<EventEntry>[] = []
      for (let index = told; index < Math.min(entries, told + ENTRIES_AT_ONCE); index++) {
        this.#nowMs += this.random.between(1, 400)
        const count = this.random.between(0, commandsMax)
        said.push(this.#ask(Array.from({ length: count }, () => this.#anything())))
        if (this.random.chance(0.03)) said.push(this.#ask([], this.#batch))
      }
      await this.#answer(await Promise.all(said))
    }
  }

  /** One entry. */
  async tell(commands: readonly Command[]): Promise<EventEntry> {
    const entry = await this.#ask(commands)
    await this.#answer([entry])
    return entry
  }

  /** The last entry's commands under its source and batch once more, as after a lost reply. */
  async repeatEntry(): Promise<EventEntry> {
    const entry = await this.#ask(this.#asked, this.#batch)
    await this.#answer([entry])
    return entry
  }

  /** Saves a snapshot of the engine as it stands. */
  async saveSnapshot(dump: (state: State) => Iterable<SnapshotChunk> = dumpState): Promise<void> {
    const { id, sequence } = this.#state
    const position = { id, sequence, digest: digestOf(this.#state) }
    await saveSnapshot(this.#journal, packChunks(dump(this.#state)), position)
  }

  /** What the next listing and the next bid will be called, or the next amendment's place. */
  get next(): { readonly listingId: ListingId; readonly bidId: BidId } {
    const { nextListingId, nextBidId } = this.#state
    return { listingId: nextListingId, bidId: nextBidId }
  }

  /** An auction that stays open for as long as one may. */
  auction(borrower: number, amountMinor: number): Command {
    return {
      ...this.#listing(),
      ...PLAIN_LISTING,
      ...this.#by(borrower),
      mode: 'uniform-auction',
      amountMinor: minor(amountMinor),
      ratePpm: ratePpm(240_000),
      minBidMinor: minor(
        Math.max(SMALLEST_BID_MINOR, Math.ceil(amountMinor / BIDS_PER_LISTING_MAX)),
      ),
      openMs: 60_000,
    }
  }

  deposit(account: number, amountMinor: number): Command {
    return { kind: 'Deposit', ...this.#by(account), amountMinor: minor(amountMinor) }
  }

  bid(account: number, on: ListingId, amountMinor: number, rate: number): CommandOf<'PlaceBid'> {
    const terms = { amountMinor: minor(amountMinor), ratePpm: ratePpm(rate) }
    return { kind: 'PlaceBid', ...this.#by(account), listingId: on, ...terms, ...PLAIN_BID }
  }

  review(
    reviewer: number,
    on: ListingId,
    kind: 'ApproveListing' | 'RejectListing' = 'ApproveListing',
  ): Command {
    return { kind, ...this.#by(reviewer), listingId: on }
  }

  amend(account: number, bid: BidId, amountMinor: number, rate: number): CommandOf<'AmendBid'> {
    const terms = { amountMinor: minor(amountMinor), ratePpm: ratePpm(rate) }
    return { kind: 'AmendBid', ...this.#by(account), bidId: bid, ...terms }
  }

  cancel(account: number, bid: BidId): CommandOf<'CancelBid'> {
    return { kind: 'CancelBid', ...this.#by(account), bidId: bid }
  }

  withdraw(borrower: number, listing: ListingId): CommandOf<'WithdrawListing'> {
    return { kind: 'WithdrawListing', ...this.#by(borrower), listingId: listing }
  }

  /** Smallest bids on a listing, by many people, in entries as large as there are. */
  async fill(on: ListingId, bids: number): Promise<void> {
    for (let placed = 0; placed < bids; placed += COMMANDS_PER_ENTRY_MAX) {
      const count = Math.min(COMMANDS_PER_ENTRY_MAX, bids - placed)
      const all = Array.from({ length: count }, (_, index) =>
        this.bid(4 + (index % 30), on, 2_500, 20_000),
      )
      await this.tell(all)
    }
  }

  /** A listing that one bid fills and two reviewers approve. */
  async fillOne(): Promise<number> {
    const amountMinor = minor(1_000_000)
    const { answered } = await this.tell([
      {
        ...this.#listing(),
        ...PLAIN_LISTING,
        mode: 'fixed-rate',
        amountMinor,
        ratePpm: ratePpm(120_000),
      },
    ])
    const opened = answered[0]?.[0]
    if (opened?.kind !== 'ListingOpened') throw new Error('the listing was refused')
    const lender = opened.borrowerId === 1 ? 2 : 1
    await this.tell([
      this.deposit(lender, amountMinor),
      this.bid(lender, opened.listingId, amountMinor, 0),
    ])
    await this.tell(REVIEWERS.map((reviewer) => this.review(reviewer, opened.listingId)))
    return opened.listingId
  }

  /** Lets an entry be said with another digest than the truth. */
  async tellWrongDigest(): Promise<EventEntry> {
    const entry = await this.#ask([this.deposit(1, 100)])
    const wrong = { ...entry, digest: 'bad0bad0bad0bad0' }
    await this.#answer([wrong])
    return wrong
  }

  async #ask(commands: readonly Command[], batch = this.#batch + 1): Promise<EventEntry> {
    this.#nowMs += 1
    this.#batch = batch
    this.#asked = commands
    this.#used = [...this.#used, ...commands].slice(-200)
    const id: EntryId = `${this.#nowMs}-0`
    const at = atMs(this.#nowMs)
    const entry = applyEntry(this.#state, {
      id,
      atMs: at,
      source: SOURCE,
      batch,
      commands,
      writing: writtenAt(at),
    })
    const fields = ['s', SOURCE, 'b', batch, 'd', encodeCommandBody(commands, at)]
    await this.#journal.call('XADD', this.#journal.keys.commands, id, ...fields)
    return entry
  }

  async #answer(entries: readonly EventEntry[]): Promise<void> {
    await appendEvents(this.#journal, entries)
    this.entries.push(...entries)
  }

  #anything(): Command {
    const { random } = this
    if (random.chance(0.03)) return this.#listing()
    if (random.chance(0.05)) return this.deposit(random.between(1, PEOPLE), 1_000_000)
    if (random.chance(0.12)) return this.#cancel()
    if (random.chance(0.12)) return this.#amend()
    if (random.chance(0.006)) return this.#withdraw()
    if (random.chance(0.12)) return this.#review()
    if (random.chance(0.04) && this.#used.length > 0) return random.pick(this.#used)
    if (random.chance(0.02) && this.#used.length > 0)
      return { ...this.#bid(), ...keyOf(random.pick(this.#used)) }
    return this.#bid()
  }

  /** Mostly an approval of one that is full, if there is one. */
  #review(): Command {
    const { random } = this
    const full = [...this.#state.listings.values()].filter(({ stage }) => stage === 'full')
    const one = full.length === 0 ? this.next.listingId : random.pick(full).listingId
    return this.review(
      random.pick(REVIEWERS),
      one,
      random.chance(0.1) ? 'RejectListing' : undefined,
    )
  }

  #listing(): CommandOf<'OpenListing'> {
    const { random } = this
    return {
      kind: 'OpenListing',
      ...this.#by(random.between(1, PEOPLE)),
      mode: random.chance(0.4) ? 'uniform-auction' : random.pick(FUNDING_MODES),
      amountMinor: minor(random.between(10, 300) * 10_000),
      ratePpm: ratePpm(random.between(6, 24) * 10_000),
      termMonths: random.pick([12, 36, 60]),
      minBidMinor: minor(SMALLEST_BID_MINOR),
      openMs: random.between(2_000, 60_000),
      grade: random.pick(['A', 'B', 'C']),
      purpose: 'car',
      floorMinor: random.chance(0.2) ? 50_000 : 0,
      opensInMs: random.chance(0.1) ? random.between(1, 3_000) : 0,
    }
  }

  #bid(): Command {
    const { random } = this
    const newest = Math.max(1, this.#state.nextListingId - 1)
    const listing = listingId(random.between(Math.max(1, newest - 12), newest + 1))
    return this.bid(random.between(1, PEOPLE), listing, ...this.#terms())
  }

  #cancel(): Command {
    const bid = this.#recentBid()
    return this.cancel(this.#ownerOf(bid), bid)
  }

  /** Now and then less at the same rate, which keeps its place. */
  #amend(): Command {
    const bid = this.#recentBid()
    const [amountMinor, rate] = this.#terms()
    const kept = this.random.chance(0.4) ? this.#state.bids.get(bid)?.ratePpm : undefined
    return this.amend(this.#ownerOf(bid), bid, amountMinor, kept ?? rate)
  }

  #withdraw(): Command {
    const newest = Math.max(1, this.#state.nextListingId - 1)
    const listing = listingId(this.random.between(Math.max(1, newest - 12), newest))
    const borrower = this.#state.listings.get(listing)?.borrowerId
    return this.withdraw(borrower ?? this.random.between(1, PEOPLE), listing)
  }

  #terms(): [amountMinor: number, rate: number] {
    return [this.random.between(1, 40) * 2_500, this.random.between(1, 20) * 10_000]
  }

  #recentBid(): BidId {
    const newest = Math.max(1, this.#state.nextBidId - 1)
    return bidId(this.random.between(Math.max(1, newest - 60), newest))
  }

  #ownerOf(bid: BidId): number {
    return this.#state.bids.get(bid)?.account.accountId ?? this.random.between(1, PEOPLE)
  }

  #by(account: number) {
    return { key: this.#newKey(), accountId: accountId(account), deadlineMs: 0 as const }
  }

  #newKey(): Key {
    const bytes = Uint8Array.from({ length: 10 }, () => this.random.between(0, 255))
    return keyFrom(this.#nowMs, bytes)
  }
}

function keyOf({ key, accountId: owner }: Command) {
  return { key, accountId: owner }
}
