/** Random journals: few people, few rates, small amounts and short times, so that bids meet.
 *
 *  What is drawn are intentions ("cancel one of the open bids"). A pilot engine on naive books turns
 *  them into commands, because only it knows which bids are open. */
import fc from 'fast-check'
import { NAIVE_BOOKS } from '../../engine/market/book/naive-books.ts'
import { applyEntry, createState, MARKET_LIMITS } from '../../engine/index.ts'
import type { MarketLimits, State } from '../../engine/index.ts'
import {
  accountId,
  atMs,
  bidId,
  FUNDING_MODES,
  keyFrom,
  listingId,
  minor,
  named,
  ratePpm,
} from '../../schema/index.ts'
import type { AccountId, AtMs, Command, CommandEntry, EventEntry, Key } from '../../schema/index.ts'
import { writtenAt } from './writing.ts'

const START_MS = 1_700_000_000_000
const RATES = [0, 80_000, 90_000, 90_001, 100_000, 120_000, 150_000]
/** Little, so that the pilot also sees listings that wait to be closed, and asks for their bids. */
const PILOT_LIMITS = { ...MARKET_LIMITS, timedRowsMax: 3, causedRowsMax: 2, reviewMsMax: 500 }
const WHAT = [
  'deposit',
  'list',
  'list',
  'again',
  ...Array.from({ length: 12 }, () => 'bid' as const),
  ...Array.from({ length: 3 }, () => 'cancel' as const),
  ...Array.from({ length: 4 }, () => 'amend' as const),
  'withdraw',
  ...Array.from({ length: 4 }, () => 'approve' as const),
  'reject',
] as const

const intention = fc.record({
  what: fc.constantFrom(...WHAT),
  who: fc.integer({ min: 1, max: 5 }),
  choice: fc.nat({ max: 1_000 }),
  amount: fc.integer({ min: 1, max: 600 }),
  rate: fc.oneof(fc.constantFrom(...RATES), fc.integer({ min: 60_000, max: 121_000 })),
  minBid: fc.integer({ min: 1, max: 100 }),
  openMs: fc.integer({ min: 1, max: 2_000 }),
  least: fc.constantFrom(0, 0, 0, 0, 20, 100, 300),
  rank: fc.constantFrom('by-rate', 'by-rate', 'by-rate', 'by-rate', 'last'),
  timeInForce: fc.constantFrom(
    'until-closed',
    'until-closed',
    'until-closed',
    'immediate-or-cancel',
    'fill-or-kill',
  ),
  deadline: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'now', 'past'),
})
type Intention = typeof intention extends fc.Arbitrary<infer Value> ? Value : never

const tick = fc.record({
  passesMs: fc.constantFrom(0, 1, 1, 5, 20, 150),
  isSentAgain: fc.constantFrom(false, false, false, false, true),
  intentions: fc.array(intention, { maxLength: 8 }),
})
type Tick = typeof tick extends fc.Arbitrary<infer Value> ? Value : never

/** Journals of some dozens of entries. Everyone begins with some cash. */
export const journals: fc.Arbitrary<readonly CommandEntry[]> = fc
  .array(tick, { minLength: 1, maxLength: 40, size: 'large' })
  .map((ticks) => new Pilot().fly(ticks))

/** How much one entry may bring about: so little that it matters in these markets, or all. */
export const limitsOfEntries: fc.Arbitrary<MarketLimits> = fc
  .tuple(fc.constantFrom(1, 3, 6, 1_000), fc.constantFrom(1, 2, 4, 1_000))
  .map(([timedRowsMax, causedRowsMax]) => ({
    ...MARKET_LIMITS,
    timedRowsMax,
    causedRowsMax,
    reviewMsMax: 500,
  }))

/** Applies a whole journal. */
export function replay(state: State, journal: readonly CommandEntry[]): readonly EventEntry[] {
  return journal.map((entry) => applyEntry(state, entry))
}

class Pilot {
  readonly #state = createState(NAIVE_BOOKS, PILOT_LIMITS)
  readonly #entries: CommandEntry[] = []
  readonly #asked: Command[] = []
  #nowMs = START_MS
  #batch = 0
  #keys = 0

  fly(ticks: readonly Tick[]): readonly CommandEntry[] {
    this.#enter([1, 2, 3].map((who) => this.#deposit(accountId(who), 3_000)))
    for (const { passesMs, isSentAgain, intentions } of ticks) {
      this.#nowMs += passesMs
      this.#enter(intentions.map((one) => this.#commandOf(one)))
      if (isSentAgain) this.#enterAgain()
    }
    return this.#entries
  }

  #enter(commands: readonly Command[]): void {
    this.#asked.push(...commands)
    this.#append({ commands, batch: ++this.#batch })
  }

  #enterAgain(): void {
    const last = this.#entries.at(-1)
    if (last !== undefined) this.#append(last)
  }

  #append({ commands, batch }: Pick<CommandEntry, 'commands' | 'batch'>): void {
    const id = `${this.#nowMs}-${this.#entries.length}` as const
    const writing = writtenAt(atMs(this.#nowMs))
    const entry = { id, atMs: atMs(this.#nowMs), source: 'pilot', batch, commands, writing }
    this.#entries.push(entry)
    applyEntry(this.#state, entry)
  }

  #commandOf(drawn: Intention): Command {
    const who = accountId(drawn.who)
    switch (drawn.what) {
      case 'deposit':
        return this.#deposit(who, drawn.amount)
      case 'list':
        return this.#list(who, drawn)
      case 'bid':
        return this.#bid(who, drawn)
      case 'cancel':
        return this.#cancel(who, drawn)
      case 'amend':
        return this.#amend(who, drawn)
      case 'withdraw':
        return this.#withdraw(who, drawn)
      case 'approve':
        return this.#review('ApproveListing', who, drawn)
      case 'reject':
        return this.#review('RejectListing', who, drawn)
      case 'again':
        return this.#again(drawn)
    }
  }

  #deposit(who: AccountId, amount: number): Command {
    return { kind: 'Deposit', ...this.#by(who, 0), amountMinor: minor(amount) }
  }

  #list(who: AccountId, drawn: Intention): Command {
    return {
      kind: 'OpenListing',
      ...this.#by(who, 0),
      mode: named(FUNDING_MODES, drawn.choice % FUNDING_MODES.length),
      amountMinor: minor(2 * drawn.amount),
      ratePpm: ratePpm(drawn.choice % 5 === 0 ? drawn.rate : 120_000),
      termMonths: 1 + (drawn.choice % 36),
      minBidMinor: minor(drawn.minBid),
      openMs: drawn.openMs,
      grade: 'C',
      purpose: 'other',
      floorMinor: drawn.choice % 3 === 0 ? drawn.amount : 0,
      opensInMs: drawn.choice % 7 === 0 ? drawn.minBid : 0,
    }
  }

  /** Mostly on an open listing, now and then on one that has ended or does not exist yet. With none
   *  open, the one who would bid borrows. */
  #bid(who: AccountId, drawn: Intention): Command {
    const open = [...this.#state.listings.values()]
      .filter(({ stage }) => stage !== 'full')
      .map(({ listingId }) => listingId)
    if (open.length === 0) return this.#list(who, drawn)
    const some = drawn.choice % 8 === 0 ? undefined : open[drawn.choice % Math.max(1, open.length)]
    return {
      kind: 'PlaceBid',
      ...this.#by(who, this.#deadlineOf(drawn)),
      listingId: some ?? listingId(1 + (drawn.choice % this.#state.nextListingId)),
      amountMinor: minor(drawn.amount),
      ratePpm: ratePpm(drawn.rate),
      minFillMinor: drawn.least,
      rank: drawn.rank,
      timeInForce: drawn.timeInForce,
    }
  }

  /** Mostly an open bid by its owner, now and then any bid by anyone. */
  #cancel(who: AccountId, drawn: Intention): Command {
    const open = [...this.#state.bids.values()]
    const bid = drawn.choice % 4 === 0 ? undefined : open[drawn.choice % Math.max(1, open.length)]
    return {
      kind: 'CancelBid',
      ...this.#by(bid?.account.accountId ?? who, this.#deadlineOf(drawn)),
      bidId: bid?.bidId ?? bidId(1 + (drawn.choice % this.#state.nextBidId)),
    }
  }

  /** Less, more, another rate or the same once more; now and then any bid by anyone. */
  #amend(who: AccountId, drawn: Intention): Command {
    const open = [...this.#state.bids.values()]
    const bid = drawn.choice % 8 === 0 ? undefined : open[drawn.choice % Math.max(1, open.length)]
    const isSameRate = bid !== undefined && drawn.choice % 3 !== 0
    return {
      kind: 'AmendBid',
      ...this.#by(bid?.account.accountId ?? who, this.#deadlineOf(drawn)),
      bidId: bid?.bidId ?? bidId(1 + (drawn.choice % this.#state.nextBidId)),
      amountMinor: minor(drawn.choice % 5 === 0 ? (bid?.amountMinor ?? 1) : drawn.amount),
      ratePpm: isSameRate ? bid.ratePpm : ratePpm(drawn.rate),
    }
  }

  /** Mostly an open listing of its borrower, now and then any listing for anyone. */
  #withdraw(who: AccountId, drawn: Intention): Command {
    const open = [...this.#state.listings.values()]
    const some = drawn.choice % 4 === 0 ? undefined : open[drawn.choice % Math.max(1, open.length)]
    return {
      kind: 'WithdrawListing',
      ...this.#by(some?.borrowerId ?? who, this.#deadlineOf(drawn)),
      listingId: some?.listingId ?? listingId(1 + (drawn.choice % this.#state.nextListingId)),
    }
  }

  /** Mostly a full listing, by somebody who may have to do with it. */
  #review(kind: 'ApproveListing' | 'RejectListing', who: AccountId, drawn: Intention): Command {
    const full = [...this.#state.listings.values()].filter(({ stage }) => stage === 'full')
    const some = drawn.choice % 8 === 0 ? undefined : full[drawn.choice % Math.max(1, full.length)]
    const reviewer = drawn.choice % 3 === 0 ? who : accountId(6 + (drawn.choice % 2))
    return {
      kind,
      ...this.#by(reviewer, this.#deadlineOf(drawn)),
      listingId: some?.listingId ?? listingId(1 + (drawn.choice % this.#state.nextListingId)),
    }
  }

  /** Something that was asked before: the same once more, or under its key something else. */
  #again({ choice, amount }: Intention): Command {
    const before = this.#asked[choice % this.#asked.length]
    if (before === undefined) return this.#deposit(accountId(1), amount)
    if (choice % 3 > 0) return before
    return { ...this.#deposit(before.accountId, amount), key: before.key }
  }

  #deadlineOf({ deadline }: Intention): AtMs | 0 {
    if (deadline === 'none') return 0
    return atMs(deadline === 'now' ? this.#nowMs : this.#nowMs - 1)
  }

  #by(accountId: AccountId, deadlineMs: AtMs | 0) {
    return { key: this.#newKey(), accountId, deadlineMs }
  }

  #newKey(): Key {
    const count = ++this.#keys
    return keyFrom(this.#nowMs, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, count >>> 8, count))
  }
}
