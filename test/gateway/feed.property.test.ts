/** The market as clients see it is the market as the engine holds it, for every journal. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyEntry, createState, dumpState, readMarket } from '../../engine/index.ts'
import type { State } from '../../engine/index.ts'
import { viewStartOf } from '../../gateway/feed/follow.ts'
import { MarketView } from '../../gateway/feed/view.ts'
import type { ViewStart } from '../../gateway/feed/view.ts'
import { accountId, LIVE_LISTING_STATUSES } from '../../schema/index.ts'
import type { BidRow } from '../../schema/index.ts'
import { holds } from '../engine/seed.ts'
import { journals } from '../engine/stream.ts'
import { Hall, Seat } from './followers.ts'
import {
  BidsPicture,
  CashPicture,
  ListingPicture,
  MarketPicture,
  TapePicture,
} from './market-picture.ts'

test('the view is the engine’s market after every entry', () => {
  holds(
    60,
    fc.property(journals, (journal) => {
      const state = createState()
      const view = new MarketView()
      for (const entry of journal) {
        view.apply(applyEntry(state, entry))
        expectSame(view, state)
      }
    }),
  )
})

test('a view that starts from a snapshot goes on like one that saw everything', () => {
  holds(
    60,
    fc.property(journals, fc.nat(), (journal, choice) => {
      const cut = choice % (journal.length + 1)
      const state = createState()
      for (const entry of journal.slice(0, cut)) applyEntry(state, entry)
      const view = new MarketView()
      view.load(startOf(state))
      for (const entry of journal.slice(cut)) view.apply(applyEntry(state, entry))
      expectSame(view, state)
    }),
  )
})

test('snapshot and deltas show every follower the view at every flush, also after coming back', () => {
  holds(
    60,
    fc.property(
      journals,
      fc.array(fc.nat({ max: 9 }), { minLength: 8, maxLength: 8 }),
      (journal, moves) => {
        const state = createState()
        const hall = new Hall()
        const screens = [1, 2, 3].map((who) => new Screen(hall, who))
        for (const [place, entry] of journal.entries()) {
          hall.feed.apply(applyEntry(state, entry))
          hall.feed.flushPrivate()
          const move = (moves[place % moves.length] ?? 0) + place
          const screen = screens[move % screens.length]
          if (move % 5 === 0) screen?.seat.disconnect()
          if (move % 5 === 1 && screen?.seat.isConnected === false) screen.seat.connect()
          for (const listingId of hall.feed.view.listings.keys()) screen?.follow(listingId)
          if (move % 2 === 0) continue
          hall.feed.flushPublic()
          for (const each of screens) if (each.seat.isConnected) each.expectCurrent()
        }
        for (const each of screens) if (!each.seat.isConnected) each.seat.connect()
        hall.feed.flushPublic()
        for (const each of screens) each.expectCurrent()
      },
    ),
  )
})

test('a feed that starts over from a snapshot brings everyone to the new truth', () => {
  holds(
    40,
    fc.property(journals, fc.nat(), (journal, choice) => {
      const cut = choice % (journal.length + 1)
      const state = createState()
      const hall = new Hall()
      const screen = new Screen(hall, 1)
      // The feed misses everything after the cut, the engine does not.
      for (const [place, entry] of journal.entries()) {
        const events = applyEntry(state, entry)
        if (place < cut) hall.feed.apply(events)
        if (place < cut) hall.feed.flushPrivate()
      }
      hall.feed.load(startOf(state))
      screen.expectCurrent()
    }),
  )
})

/** One person with everything open. */
class Screen {
  readonly seat: Seat
  readonly #market = new MarketPicture()
  readonly #tape = new TapePicture()
  readonly #cash = new CashPicture()
  readonly #bids = new BidsPicture()
  readonly #listings = new Map<number, ListingPicture>()
  readonly #hall: Hall

  constructor(hall: Hall, who: number) {
    this.#hall = hall
    this.seat = new Seat(hall, who)
    this.seat.subscriptions.add('market', this.#market)
    this.seat.subscriptions.add('tape', this.#tape)
    this.seat.subscriptions.add('cash', this.#cash)
    this.seat.subscriptions.add('bids', this.#bids)
    this.seat.connect()
  }

  follow(listingId: number): void {
    if (!this.seat.isConnected || this.#listings.has(listingId)) return
    const picture = new ListingPicture()
    this.#listings.set(listingId, picture)
    this.seat.subscriptions.add(`listing:${listingId}`, picture)
    this.seat.subscriptions.askFor((name) => name === `listing:${listingId}`)
  }

  expectCurrent(): void {
    const { view } = this.#hall.feed
    expect(this.seat.refusals).toEqual([])
    expect([...this.#market.listings.values()]).toEqual(
      Array.from(view.listings.values(), (listing) => listing.row),
    )
    expect(this.#tape.fills.map((fill) => fill.bidId)).toEqual(
      view.tape
        .last(50)
        .map((bid) => bid.bidId)
        .toReversed(),
    )
    expect(this.#cash.cash).toEqual(view.account(this.seat.accountId).cash())
    expect([...this.#bids.open.values()]).toEqual(view.account(this.seat.accountId).bids())
    for (const [listingId, picture] of this.#listings) {
      const listing = [...view.listings.values()].find(({ id }) => id === listingId)
      if (listing === undefined) continue
      expect(picture.listing).toEqual(listing.row)
      expect([...picture.levels.values()].sort((a, b) => a[0] - b[0])).toEqual(listing.levels())
    }
  }
}

function startOf(state: State): ViewStart {
  return viewStartOf(readMarket(dumpState(state)))
}

function expectSame(view: MarketView, state: State): void {
  const truth = readMarket(dumpState(state))
  for (const { accountId: who, availableMinor, heldMinor } of truth.accounts)
    expect(view.account(who).cash()).toEqual({ availableMinor, heldMinor })
  const live: readonly string[] = LIVE_LISTING_STATUSES
  const shown = [...view.listings.values()].filter(({ row }) => live.includes(row.status))
  expect(shown.map(({ row }) => row)).toEqual(
    truth.listings.map((listing) => ({ ...listing, closedAtMs: 0 })),
  )
  const bids = [1, 2, 3, 4, 5].flatMap((who) => view.account(accountId(who)).bids())
  expect(bids.map(termsOf).sort((a, b) => a[0] - b[0])).toEqual(truth.bids.map(termsOf))
}

function termsOf({ bidId, amountMinor, acceptedMinor, ratePpm, key }: BidTerms) {
  return [bidId, amountMinor, acceptedMinor, ratePpm, key] as const
}

type BidTerms = Pick<BidRow, 'bidId' | 'amountMinor' | 'acceptedMinor' | 'ratePpm' | 'key'>
