/** A market small enough to tell stories about: people by name, one entry for each thing they do.
 *
 *  After every entry the digest is computed from scratch, so that no story passes on a wrong one. */
import { expect } from 'vitest'
import { applyEntry, createState, recomputeDigest } from '../../engine/index.ts'
import type { State } from '../../engine/index.ts'
import {
  accountId,
  atMs,
  bidId,
  keyFrom,
  listingId,
  minor,
  ratePpm,
  stateDigestOf,
} from '../../schema/index.ts'
import type {
  AccountId,
  BidPlaced,
  BidRank,
  Command,
  CommandEntry,
  Event,
  EventEntry,
  FundingMode,
  Key,
  ListingId,
  OpenListing,
  RejectCode,
  TimeInForce,
} from '../../schema/index.ts'
import { writtenAt } from './writing.ts'

export const START_MS = 1_700_000_000_000

export interface Terms {
  readonly mode: FundingMode
  readonly amount: number
  readonly rate?: number
  readonly minBid?: number
  readonly openMs?: number
  readonly floor?: number
  readonly opensInMs?: number
}

/** What a bid asks for beside amount and rate. */
export interface Flags {
  readonly minFill?: number
  readonly rank?: BidRank
  readonly timeInForce?: TimeInForce
}

export class Market {
  readonly state: State
  readonly entries: EventEntry[] = []
  nowMs = START_MS
  #people = new Map<string, AccountId>()
  #batch = 0
  #keys = 0

  constructor(state: State = createState()) {
    this.state = state
  }

  /** A key nobody has used, made at this moment. */
  newKey(): Key {
    const count = ++this.#keys
    return keyFrom(this.nowMs, Uint8Array.of(0, 0, 0, 0, 0, 0, 1, count >>> 16, count >>> 8, count))
  }

  keyMadeAt(ms: number): Key {
    return keyFrom(ms, new Uint8Array(10))
  }

  idOf(name: string): AccountId {
    const known = this.#people.get(name)
    if (known !== undefined) return known
    const id = accountId(this.#people.size + 1)
    this.#people.set(name, id)
    return id
  }

  deposit(name: string, amount: number): readonly Event[] {
    return this.ask(this.depositOf(name, amount))
  }

  depositOf(name: string, amount: number): Command {
    return { kind: 'Deposit', ...this.#by(name), amountMinor: minor(amount) }
  }

  list(name: string, terms: Terms): ListingId {
    const [answer] = this.ask(this.listing(name, terms))
    if (answer?.kind !== 'ListingOpened') throw new Error(`no listing: ${JSON.stringify(answer)}`)
    return answer.listingId
  }

  /** A listing as it could be opened before its smallest bids had to cover it. */
  listAsOnce(name: string, terms: Terms): ListingId {
    const id = this.list(name, { ...terms, minBid: terms.amount })
    const listing = this.state.listings.get(id)
    if (listing === undefined) throw new Error('an open listing')
    const { amountMinor, ratePpm } = listing
    const minBidMinor = minor(terms.minBid ?? 1)
    const book = this.state.books[terms.mode]({
      amountMinor,
      ratePpm,
      minBidMinor,
      bidsMax: this.state.limits.bidsPerListingMax,
    })
    Object.assign(listing, { minBidMinor, book })
    return id
  }

  listing(name: string, terms: Terms): OpenListing {
    return {
      kind: 'OpenListing',
      ...this.#by(name),
      mode: terms.mode,
      amountMinor: minor(terms.amount),
      ratePpm: ratePpm(terms.rate ?? 120_000),
      termMonths: 12,
      minBidMinor: minor(terms.minBid ?? 1),
      openMs: terms.openMs ?? 60_000,
      grade: 'B',
      purpose: 'car',
      floorMinor: terms.floor ?? 0,
      opensInMs: terms.opensInMs ?? 0,
    }
  }

  bid(
    name: string,
    listing: number,
    amount: number,
    rate = 100_000,
    flags: Flags = {},
  ): readonly Event[] {
    return this.ask(this.bidOf(name, listing, amount, rate, flags))
  }

  bidOf(name: string, listing: number, amount: number, rate = 100_000, flags: Flags = {}): Command {
    return {
      kind: 'PlaceBid',
      ...this.#by(name),
      listingId: listingId(listing),
      amountMinor: minor(amount),
      ratePpm: ratePpm(rate),
      minFillMinor: flags.minFill ?? 0,
      rank: flags.rank ?? 'by-rate',
      timeInForce: flags.timeInForce ?? 'until-closed',
    }
  }

  approve(name: string, listing: number): readonly Event[] {
    return this.ask(this.approvalOf(name, listing))
  }

  approvalOf(name: string, listing: number): Command {
    return { kind: 'ApproveListing', ...this.#by(name), listingId: listingId(listing) }
  }

  reject(name: string, listing: number): readonly Event[] {
    return this.ask({ kind: 'RejectListing', ...this.#by(name), listingId: listingId(listing) })
  }

  /** Two who have nothing to do with it approve a full listing; what comes of it. */
  review(listing: number): readonly Event[] {
    return [...this.approve('Rex', listing), ...this.approve('Ria', listing)]
  }

  cancel(name: string, bid: number): readonly Event[] {
    return this.ask({ kind: 'CancelBid', ...this.#by(name), bidId: bidId(bid) })
  }

  amend(name: string, bid: number, amount: number, rate: number): readonly Event[] {
    return this.ask(this.amendmentOf(name, bid, amount, rate))
  }

  amendmentOf(name: string, bid: number, amount: number, rate: number): Command {
    return {
      kind: 'AmendBid',
      ...this.#by(name),
      bidId: bidId(bid),
      amountMinor: minor(amount),
      ratePpm: ratePpm(rate),
    }
  }

  withdraw(name: string, listing: number): readonly Event[] {
    return this.ask(this.withdrawalOf(name, listing))
  }

  withdrawalOf(name: string, listing: number): Command {
    return { kind: 'WithdrawListing', ...this.#by(name), listingId: listingId(listing) }
  }

  /** One command in an entry of its own; the events it was answered with. */
  ask(command: Command): readonly Event[] {
    return this.enter([command]).answered[0] ?? []
  }

  /** Time goes by; what closed meanwhile. */
  pass(ms: number): readonly Event[] {
    this.nowMs += ms
    return this.enter([]).timed
  }

  enter(commands: readonly Command[], source = 'gateway', batch = ++this.#batch): EventEntry {
    const entry: CommandEntry = {
      id: `${this.nowMs}-${this.entries.length}`,
      atMs: atMs(this.nowMs),
      source,
      batch,
      commands,
      writing: writtenAt(atMs(this.nowMs)),
    }
    const answer = applyEntry(this.state, entry)
    expect(stateDigestOf(answer.digest)).toBe(recomputeDigest(this.state))
    this.entries.push(answer)
    return answer
  }

  /** What a person has available and held. */
  cash(name: string): readonly [available: number, held: number] {
    const account = this.state.accounts.get(this.idOf(name))
    return [account?.availableMinor ?? 0, account?.heldMinor ?? 0]
  }

  /** The open bids of a listing as `name amount @ rate`, best first. */
  book(listing: number): string[] {
    const names = new Map([...this.#people].map(([name, id]) => [id, name]))
    const bids = this.state.listings.get(listingId(listing))?.book.bids() ?? []
    return bids.map(
      (bid) => `${names.get(bid.account.accountId) ?? '?'} ${bid.acceptedMinor} @ ${bid.ratePpm}`,
    )
  }

  #by(name: string): { key: Key; accountId: AccountId; deadlineMs: 0 } {
    return { key: this.newKey(), accountId: this.idOf(name), deadlineMs: 0 }
  }
}

export function kinds(events: readonly Event[]): string[] {
  return events.map((event) => event.kind)
}

/** The code of a command that was refused, and only refused. */
export function refusal(events: readonly Event[]): RejectCode | null {
  const [answer] = events
  return events.length === 1 && answer?.kind === 'Refused' ? answer.code : null
}

export function placed(events: readonly Event[]): BidPlaced {
  const [answer] = events
  if (answer?.kind !== 'BidPlaced') throw new Error(`no bid: ${JSON.stringify(answer)}`)
  return answer
}
