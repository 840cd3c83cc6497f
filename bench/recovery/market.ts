/** A large market, made by the real engine, and steady entries for it. Seeded. */
import { applyEntry, createState } from '../../engine/index.ts'
import type { State } from '../../engine/index.ts'
import {
  accountId,
  atMs,
  bidId,
  keyFrom,
  listingId,
  minor,
  PLAIN_BID,
  PLAIN_LISTING,
  ratePpm,
  SCHEMA_VERSION,
} from '../../schema/index.ts'
import type { AccountId, Command, CommandEntry, Key } from '../../schema/index.ts'
import { Random } from '../../deploy/random.ts'

export const SIZE = { keys: 4_000_000, bids: 1_000_000, accounts: 500_000, listings: 10_000 }
const COMMANDS_PER_ENTRY = 1_000
/** Of the market's time: keys that nothing may be let go of yet are no more than the engine keeps. */
const MS_PER_ENTRY = 12
const START_MS = 1_700_000_000_000
const DEPOSIT_MINOR = minor(100_000_000)
const BID_MINOR = minor(2_500)
/** Ten times what is bidden for at first. */
const LISTING_MINOR = minor((10 * BID_MINOR * SIZE.bids) / SIZE.listings)

export class LargeMarket {
  readonly state: State = createState()
  readonly #random: Random
  readonly #bytes = new Uint8Array(10)
  #place = 0

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  build(): void {
    const { accounts, bids, listings } = SIZE
    this.#many(accounts, (index) => this.#deposit(accountId(index + 1)))
    this.#many(listings, (index) => this.#listing(index))
    this.#many(bids, (index) => this.#bid(1 + (index % listings)))
    const deposits = SIZE.keys - this.state.keys.size
    this.#many(deposits, (index) => this.#deposit(accountId(1 + (index % accounts))))
  }

  /** One of a steady load: half bids, the rest cancels, amendments and deposits, from and for anywhere. */
  applyNext(commands: number): void {
    this.#apply(Array.from({ length: commands }, () => this.#any()))
  }

  #any(): Command {
    const dice = this.#random.below(10)
    if (dice < 5) return this.#bid(1 + this.#random.below(SIZE.listings))
    if (dice < 7) return this.#deposit(this.#anyone())
    return this.#change(dice === 7)
  }

  #change(isAmended: boolean): Command {
    const id = bidId(1 + this.#random.below(this.state.nextBidId - 1))
    const owner = this.state.bids.get(id)?.account.accountId ?? this.#anyone()
    const by = this.#by(owner)
    if (!isAmended) return { kind: 'CancelBid', ...by, bidId: id }
    return { kind: 'AmendBid', ...by, bidId: id, amountMinor: BID_MINOR, ratePpm: this.#rate() }
  }

  #deposit(who: AccountId): Command {
    return { kind: 'Deposit', ...this.#by(who), amountMinor: DEPOSIT_MINOR }
  }

  #listing(index: number): Command {
    return {
      kind: 'OpenListing',
      ...this.#by(accountId(1 + index)),
      mode: index % 2 === 0 ? 'fixed-rate' : 'uniform-auction',
      amountMinor: LISTING_MINOR,
      ratePpm: ratePpm(200_000),
      termMonths: 36,
      minBidMinor: BID_MINOR,
      openMs: 1_000_000_000,
      grade: 'B',
      purpose: 'car',
      ...PLAIN_LISTING,
    }
  }

  #bid(listing: number): Command {
    return {
      kind: 'PlaceBid',
      ...this.#by(accountId(SIZE.listings + 1 + this.#random.below(SIZE.accounts - SIZE.listings))),
      listingId: listingId(listing),
      amountMinor: BID_MINOR,
      ratePpm: this.#rate(),
      ...PLAIN_BID,
    }
  }

  #rate() {
    return ratePpm(10_000 * (1 + this.#random.below(20)))
  }

  #anyone(): AccountId {
    return accountId(1 + this.#random.below(SIZE.accounts))
  }

  #by(account: AccountId) {
    return { key: this.#key(), accountId: account, deadlineMs: 0 } as const
  }

  #key(): Key {
    for (let index = 0; index < 10; index++) this.#bytes[index] = this.#random.below(256)
    return keyFrom(START_MS + MS_PER_ENTRY * this.#place, this.#bytes)
  }

  #many(count: number, make: (index: number) => Command): void {
    for (let from = 0; from < count; from += COMMANDS_PER_ENTRY) {
      const length = Math.min(COMMANDS_PER_ENTRY, count - from)
      this.#apply(Array.from({ length }, (_, index) => make(from + index)))
    }
  }

  #apply(commands: readonly Command[]): void {
    const place = ++this.#place
    const ms = atMs(START_MS + MS_PER_ENTRY * place)
    const writing = { version: SCHEMA_VERSION, atMs: ms }
    const entry: CommandEntry = {
      id: `${ms}-0`,
      atMs: ms,
      source: 'bench',
      batch: place,
      commands,
      writing,
    }
    applyEntry(this.state, entry)
  }
}
