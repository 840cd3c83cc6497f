/** The demo market's habits played against the engine itself, in minutes that take no time. */
import { applyEntry, createState } from '../../engine/index.ts'
import { draftListing, takenBack } from '../../deploy/demo/listing-desk.ts'
import { readLoans } from '../../deploy/demo/loans.ts'
import { Random } from '../../deploy/random.ts'
import { strategyOf } from '../../deploy/demo/strategy/index.ts'
import type { Strategy, Wish } from '../../deploy/demo/strategy/index.ts'
import {
  accountId,
  atMs,
  keyFrom,
  minor,
  PLAIN_BID,
  PLAIN_LISTING,
  ratePpm,
} from '../../schema/index.ts'
import type {
  BidAmended,
  BidRow,
  Command,
  Event,
  Fill,
  Key,
  ListingId,
  ListingRow,
  RejectCode,
} from '../../schema/index.ts'

export interface RehearsalOptions {
  readonly seed: number
  readonly bots: number
  readonly minutes: number
  readonly bidsPerSecond: number
  readonly listingsPerMinute: number
}

export interface RehearsalResult {
  readonly opened: number
  readonly funded: number
  readonly expired: number
  readonly withdrawn: number
  readonly amended: number
  readonly openAtEnd: number
  readonly bidAmounts: readonly number[]
  readonly refused: Partial<Record<RejectCode, number>>
}

interface Actor {
  readonly accountId: number
  readonly strategy: Strategy
  readonly taste: number
  readonly bids: Map<number, BidRow>
  availableMinor: number
}

const START_MS = 1_800_000_000_000
const TICK_MS = 500
const BORROWER = accountId(1_000_000)
const REVIEWERS = [accountId(1_000_001), accountId(1_000_002)]

export function rehearse(options: RehearsalOptions): RehearsalResult {
  const rehearsal = new Rehearsal(options)
  const ticks = (options.minutes * 60_000) / TICK_MS
  for (let tick = 0; tick < ticks; tick++) rehearsal.tick()
  return rehearsal.result()
}

class Rehearsal {
  readonly #options: RehearsalOptions
  readonly #random: Random
  readonly #state = createState()
  readonly #loans = readLoans()
  readonly #actors: readonly Actor[]
  #rows: readonly ListingRow[] = []
  #entries = 0
  readonly #refused: Partial<Record<RejectCode, number>> = {}
  readonly #bidAmounts: number[] = []
  #nowMs = START_MS
  #keys = 0
  #opened = 0
  #funded = 0
  #expired = 0
  #withdrawn = 0
  #amended = 0
  #listingBudget = 0
  #bidBudget = 0

  constructor(options: RehearsalOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#actors = Array.from({ length: options.bots }, (_, index) => ({
      accountId: index + 1,
      strategy: strategyOf(index),
      taste: this.#random.next(),
      bids: new Map<number, BidRow>(),
      availableMinor: 0,
    }))
  }

  tick(): void {
    this.#nowMs += TICK_MS
    this.#look()
    this.#listingBudget += (this.#options.listingsPerMinute * TICK_MS) / 60_000
    this.#bidBudget += (this.#options.bidsPerSecond * TICK_MS) / 1_000
    for (; this.#listingBudget >= 1; this.#listingBudget--) this.#list()
    while (this.#bidBudget >= 1) this.#bidBudget -= this.#act(this.#random.pick(this.#actors))
  }

  result(): RehearsalResult {
    return {
      opened: this.#opened,
      funded: this.#funded,
      expired: this.#expired,
      withdrawn: this.#withdrawn,
      amended: this.#amended,
      openAtEnd: this.#state.listings.size,
      bidAmounts: this.#bidAmounts,
      refused: this.#refused,
    }
  }

  #list(): void {
    const draft = draftListing(this.#loans, this.#random)
    this.#apply({ kind: 'OpenListing', ...this.#asked(BORROWER), ...PLAIN_LISTING, ...draft })
    const listing = takenBack(this.#rows, this.#random)
    if (listing === null) return
    const { listingId } = listing
    this.#apply({ kind: 'WithdrawListing', ...this.#asked(BORROWER), listingId })
  }

  /** What it cost of the pace: a look that leads to nothing costs a little too. */
  #act(actor: Actor): number {
    if (actor.availableMinor < actor.strategy.savingsMinor / 2) this.#save(actor)
    const wishes = actor.strategy.decide({
      nowMs: this.#nowMs,
      listings: this.#rows,
      availableMinor: actor.availableMinor,
      bids: [...actor.bids.values()],
      random: this.#random,
      taste: actor.taste,
    })
    for (const wish of wishes) this.#apply(this.#commandOf(actor, wish))
    return Math.max(0.2, wishes.length)
  }

  #save(actor: Actor): void {
    const amountMinor = minor(
      actor.availableMinor === 0 ? actor.strategy.cashMinor : actor.strategy.savingsMinor,
    )
    this.#apply({ kind: 'Deposit', ...this.#asked(accountId(actor.accountId)), amountMinor })
  }

  #commandOf(actor: Actor, wish: Wish): Command {
    const asked = this.#asked(accountId(actor.accountId))
    if (wish.kind === 'cancel') return { kind: 'CancelBid', ...asked, bidId: wish.bidId }
    const terms = { amountMinor: minor(wish.amountMinor), ratePpm: ratePpm(wish.ratePpm) }
    if (wish.kind === 'amend') return { kind: 'AmendBid', ...asked, bidId: wish.bidId, ...terms }
    this.#bidAmounts.push(wish.amountMinor)
    return { kind: 'PlaceBid', ...asked, listingId: wish.listingId, ...terms, ...PLAIN_BID }
  }

  #asked(owner: ReturnType<typeof accountId>) {
    const random = new Uint8Array(10)
    new DataView(random.buffer).setUint32(6, ++this.#keys)
    const key: Key = keyFrom(this.#nowMs, random)
    return { key, accountId: owner, deadlineMs: 0 as const }
  }

  #apply(command: Command): void {
    const entry = applyEntry(this.#state, {
      id: `${this.#nowMs}-${++this.#entries}`,
      atMs: atMs(this.#nowMs),
      source: 'rehearsal',
      batch: this.#entries,
      commands: [command],
      writing: null,
    })
    for (const event of [...entry.timed, ...entry.answered.flat()]) this.#take(event)
  }

  #take(event: Event): void {
    switch (event.kind) {
      case 'Deposited':
        return this.#credit(event.accountId, event.amountMinor)
      case 'ListingOpened':
        this.#opened++
        return
      case 'BidPlaced':
        this.#credit(event.accountId, -event.acceptedMinor)
        this.#actor(event.accountId)?.bids.set(event.bidId, {
          ...event,
          status: 'open',
          earnedRatePpm: event.ratePpm,
          placedAtMs: atMs(this.#nowMs),
        })
        return
      case 'BidOutbid':
        this.#change(event, { acceptedMinor: event.acceptedMinor })
        return this.#credit(event.accountId, event.releasedMinor)
      case 'BidAmended':
        return this.#amend(event)
      case 'BidCancelled':
        this.#actor(event.accountId)?.bids.delete(event.bidId)
        return this.#credit(event.accountId, event.releasedMinor)
      case 'ListingAllocated':
        this.#funded++
        return this.#review(event.listingId)
      case 'LoanDisbursed':
        return this.#forget(event.fills)
      case 'ListingExpired':
      case 'BidsReleased':
        if (event.kind === 'ListingExpired') this.#expired++
        else this.#withdrawn++
        for (const { accountId: owner, amountMinor } of event.released)
          this.#credit(owner, amountMinor)
        return this.#forget(event.released)
      case 'Refused':
        this.#refused[event.code] = (this.#refused[event.code] ?? 0) + 1
        return
      case 'BiddingOpened':
      case 'BidsCut':
      case 'ListingApproved':
      case 'ListingRejected':
      case 'ReviewLapsed':
      case 'ListingWithdrawn':
      case 'Repeated':
        return
    }
  }

  #actor(owner: number): Actor | undefined {
    return this.#actors[owner - 1]
  }

  #amend(event: BidAmended): void {
    const { amountMinor, acceptedMinor, ratePpm, heldMinor, releasedMinor } = event
    this.#amended++
    this.#change(event, { amountMinor, acceptedMinor, ratePpm })
    this.#credit(event.accountId, releasedMinor - heldMinor)
  }

  /** A bid of which nothing is left in its book is open no more. */
  #change(
    { accountId: owner, bidId }: Pick<BidAmended, 'accountId' | 'bidId'>,
    change: Partial<BidRow>,
  ): void {
    const bids = this.#actor(owner)?.bids
    const bid = bids?.get(bidId)
    if (bids === undefined || bid === undefined) return
    const changed = { ...bid, ...change }
    if (changed.acceptedMinor === 0) bids.delete(bidId)
    else bids.set(bidId, changed)
  }

  #credit(owner: number, amountMinor: number): void {
    const actor = this.#actor(owner)
    if (actor !== undefined) actor.availableMinor += amountMinor
  }

  #forget(fills: readonly Fill[]): void {
    for (const { accountId: owner, bidId } of fills) this.#actor(owner)?.bids.delete(bidId)
  }

  /** Two reviewers approve it at once, as the demo market's program does within the second. */
  #review(listingId: ListingId): void {
    for (const reviewer of REVIEWERS)
      this.#apply({ kind: 'ApproveListing', ...this.#asked(reviewer), listingId })
  }

  /** The market as everybody sees it in this tick. */
  #look(): void {
    const open = [...this.#state.listings.values()].filter(({ stage }) => stage === 'open')
    this.#rows = open.map((listing) => ({
      ...listing,
      status: 'open' as const,
      floorMinor: minor(listing.floorMinor),
      fundedMinor: minor(listing.book.fundedMinor),
      clearingRatePpm: listing.book.clearingRatePpm(),
      bidCount: listing.book.bidCount,
      closedAtMs: 0 as const,
    }))
  }
}
