/** An engine that follows a seeded script: what a market's people ask, entry by entry, with a clock of
 *  its own, and the real engine's answers, all in a real journal. Both halves of an entry are written as
 *  the gateway and the engine process write them, only under an id of the script's own time. */
import { applyEntry, createState, dumpState } from '../../engine/index.ts'
import type { State } from '../../engine/index.ts'
import {
  appendEvents,
  encodeCommandBody,
  packChunks,
  saveSnapshot,
} from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { accountId, atMs, bidId, keyFrom, listingId, minor, ratePpm } from '../../schema/index.ts'
import type { Command, EntryId, EventEntry, Key } from '../../schema/index.ts'
import { Random } from '../../deploy/random.ts'

const START_MS = 1_767_225_600_000
const PEOPLE = 40
const DEPOSIT_MINOR = 500_000_000
const SOURCE = 'script'
const ENTRIES_AT_ONCE = 16

export class ScriptedEngine {
  readonly random: Random
  /** All that was said, in order. */
  readonly entries: EventEntry[] = []
  readonly #journal: Journal
  readonly #state: State = createState()
  #nowMs = START_MS
  #batch = 0
  #asked: readonly Command[] = []
  #used: Command[] = []

  constructor(journal: Journal, seed: number) {
    this.#journal = journal
    this.random = new Random(seed)
  }

  /** Everybody gets money. */
  async open(): Promise<void> {
    const deposits = Array.from({ length: PEOPLE }, (_, index) =>
      this.#deposit(index + 1, DEPOSIT_MINOR),
    )
    await this.tell(deposits)
  }

  /** Some entries of a busy market: listings open, fill, expire; bids come, are outbid, cancelled,
   *  refused and repeated; now and then a whole entry comes twice. */
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
  async saveSnapshot(): Promise<void> {
    const { id, sequence, digest } = this.#state
    const position = { id, sequence, digest: digest.hex() }
    await saveSnapshot(this.#journal, packChunks(dumpState(this.#state)), position)
  }

  /** A listing that one bid fills. */
  async fillOne(): Promise<number> {
    const amountMinor = minor(1_000_000)
    const { answered } = await this.tell([
      { ...this.#listing(), mode: 'fixed-rate', amountMinor, ratePpm: ratePpm(120_000) },
    ])
    const opened = answered[0]?.[0]
    if (opened?.kind !== 'ListingOpened') throw new Error('the listing was refused')
    const bid = { listingId: opened.listingId, amountMinor, ratePpm: ratePpm(0) }
    const lender = opened.borrowerId === 1 ? 2 : 1
    await this.tell([
      this.#deposit(lender, amountMinor),
      { kind: 'PlaceBid', ...this.#by(lender), ...bid },
    ])
    return opened.listingId
  }

  /** Lets an entry be said with another digest than the truth. */
  async tellWrongDigest(): Promise<EventEntry> {
    const entry = await this.#ask([this.#deposit(1, 100)])
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
    const entry = applyEntry(this.#state, {
      id,
      atMs: atMs(this.#nowMs),
      source: SOURCE,
      batch,
      commands,
    })
    const fields = ['s', SOURCE, 'b', batch, 'd', encodeCommandBody(commands)]
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
    if (random.chance(0.05)) return this.#deposit(random.between(1, PEOPLE), 1_000_000)
    if (random.chance(0.12)) return this.#cancel()
    if (random.chance(0.04) && this.#used.length > 0) return random.pick(this.#used)
    if (random.chance(0.02) && this.#used.length > 0)
      return { ...this.#bid(), ...keyOf(random.pick(this.#used)) }
    return this.#bid()
  }

  #deposit(account: number, amountMinor: number): Command {
    return { kind: 'Deposit', ...this.#by(account), amountMinor: minor(amountMinor) }
  }

  #listing(): Extract<Command, { kind: 'OpenListing' }> {
    const { random } = this
    return {
      kind: 'OpenListing',
      ...this.#by(random.between(1, PEOPLE)),
      mode: random.pick(['fixed-rate', 'uniform-auction']),
      amountMinor: minor(random.between(10, 300) * 10_000),
      ratePpm: ratePpm(random.between(6, 24) * 10_000),
      termMonths: random.pick([12, 36, 60]),
      minBidMinor: minor(2_500),
      openMs: random.between(2_000, 60_000),
      grade: random.pick(['A', 'B', 'C']),
      purpose: 'car',
    }
  }

  #bid(): Extract<Command, { kind: 'PlaceBid' }> {
    const { random } = this
    const newest = Math.max(1, this.#state.nextListingId - 1)
    return {
      kind: 'PlaceBid',
      ...this.#by(random.between(1, PEOPLE)),
      listingId: listingId(random.between(Math.max(1, newest - 12), newest + 1)),
      amountMinor: minor(random.between(1, 40) * 2_500),
      ratePpm: ratePpm(random.between(1, 20) * 10_000),
    }
  }

  #cancel(): Command {
    const newest = Math.max(1, this.#state.nextBidId - 1)
    const bid = bidId(this.random.between(Math.max(1, newest - 60), newest))
    const owner = this.#state.bids.get(bid)?.account.accountId ?? this.random.between(1, PEOPLE)
    return { kind: 'CancelBid', ...this.#by(owner), bidId: bid }
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
