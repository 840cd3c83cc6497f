/** Large snapshots: in parts, in order, and nothing that happens meanwhile is lost. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  accountId,
  atMs,
  DELTA_ROWS_MAX,
  DELTAS_KEPT_MAX,
  listingId,
  minor,
  ratePpm,
  sequence,
  SNAPSHOT_PART_ROWS_MAX,
  SNAPSHOT_SHARED_MS,
  TAPE_FILLS_MAX,
} from '../../schema/index.ts'
import type { BidId, ChannelFrame, Event } from '../../schema/index.ts'
import { Parts } from '../../gateway/feed/parts.ts'
import { cutSnapshot } from '../../gateway/feed/snapshot.ts'
import type { Snapshot } from '../../gateway/feed/snapshot.ts'
import type { ChannelListener } from '../../gateway/client/index.ts'
import { holds } from '../engine/seed.ts'
import { Hall, Seat } from './followers.ts'
import { BidsPicture, MarketPicture } from './market-picture.ts'

const LISTINGS = 3 * SNAPSHOT_PART_ROWS_MAX + 1
const BIDS = 2 * SNAPSHOT_PART_ROWS_MAX + 1

test('whatever happens between the parts, a follower’s picture is the market’s in the end', () => {
  const moves = fc.array(
    fc.record({
      what: fc.constantFrom(
        'bid',
        'bid',
        'cancel',
        'open',
        'flush',
        'flush',
        'drain',
        'drain',
        'lag',
        'cut',
        'ask',
        'wait',
      ),
      number: fc.nat(),
    }),
    { maxLength: 60 },
  )
  holds(
    40,
    fc.property(moves, (played) => {
      const floor = new Floor()
      const screen = new Screen(floor)
      for (const { what, number } of played) floor.play(what, number, screen)
      screen.seat.connect()
      screen.seat.drain(Number.POSITIVE_INFINITY)
      floor.hall.feed.flushPublic()
      screen.expectCurrent()
    }),
  )
})

test('a reader that takes one part at a time hears what came meanwhile after the last', () => {
  const floor = new Floor()
  const screen = new Screen(floor)
  expect(screen.heard).toEqual([])
  for (let part = 1; part <= 4; part++) {
    floor.play('bid', part, screen)
    floor.hall.feed.flushPublic()
    screen.seat.drain(1)
  }
  expect(screen.heard).toEqual(['market', 'market +', 'market +', 'market +', 'market +'])
  screen.seat.drain(3)
  expect(screen.heard.slice(5)).toEqual(['bids', 'bids +', 'bids +', 'bids +', 'bids +'])
  screen.expectCurrent()
})

test('a snapshot that took longer than deltas are kept for begins anew', () => {
  const floor = new Floor()
  const screen = new Screen(floor)
  screen.seat.drain(3)
  for (let deltas = 0; deltas <= DELTAS_KEPT_MAX; deltas++) {
    floor.play('bid', deltas, screen)
    floor.hall.feed.flushPublic()
  }
  screen.seat.drain(1)
  expect(screen.heard).toEqual(['market'])
  screen.seat.drain(Number.POSITIVE_INFINITY)
  expect(screen.heard.filter((what) => what.startsWith('market'))).toEqual(['market', 'market'])
  screen.expectCurrent()
})

test('all who come within a while are sent the same parts, later ones new ones', () => {
  const floor = new Floor()
  const [one, two, late] = [new Screen(floor), new Screen(floor), new Screen(floor)]
  one.seat.drain(1)
  floor.play('bid', 1, one)
  two.seat.disconnect()
  two.seat.connect()
  two.seat.drain(1)
  expect(two.seat.frame).toBe(one.seat.frame)
  floor.hall.nowMs = SNAPSHOT_SHARED_MS
  late.seat.disconnect()
  late.seat.connect()
  late.seat.drain(1)
  expect(late.seat.frame).not.toBe(one.seat.frame)
})

test('a connection that breaks between parts begins with the first of a new snapshot', () => {
  const floor = new Floor()
  const screen = new Screen(floor)
  screen.seat.drain(2)
  screen.seat.disconnect()
  floor.play('open', 1, screen)
  screen.seat.connect()
  screen.seat.drain(Number.POSITIVE_INFINITY)
  expect(screen.heard).toEqual(['market', 'market +', 'bids'])
  floor.hall.feed.flushPublic()
  screen.expectCurrent()
})

test('more than can be sent at once is told as a new snapshot, to those who are there and who come back', () => {
  const floor = new Floor()
  const [screen, away] = [new Screen(floor), new Screen(floor)]
  for (const { seat } of [screen, away]) seat.drain(Number.POSITIVE_INFINITY)
  away.seat.disconnect()
  for (let number = 0; number <= DELTA_ROWS_MAX; number++) floor.play('open', number, screen)
  floor.hall.feed.flushPublic()
  away.seat.connect()
  for (const { seat, heard } of [screen, away]) {
    seat.drain(Number.POSITIVE_INFINITY)
    expect(heard.filter((what) => what.startsWith('market'))).toEqual(['market', 'market'])
  }
  floor.play('bid', 1, screen)
  floor.hall.feed.flushPublic()
  screen.expectCurrent()
  away.expectCurrent()
})

test('who has missed more than can be sent at once begins with a snapshot', () => {
  const floor = new Floor()
  const screen = new Screen(floor)
  screen.seat.drain(Number.POSITIVE_INFINITY)
  screen.seat.disconnect()
  for (let half = 0; half < 2; half++) {
    for (let number = 0; number <= DELTA_ROWS_MAX / 2; number++) floor.play('open', number, screen)
    floor.hall.feed.flushPublic()
  }
  screen.seat.connect()
  screen.seat.drain(Number.POSITIVE_INFINITY)
  expect(screen.heard.filter((what) => what.startsWith('market'))).toEqual(['market', 'market'])
  screen.expectCurrent()
})

test('who could not be served while very much changed begins anew once, not twice', () => {
  const floor = new Floor()
  const screen = new Screen(floor)
  screen.seat.drain(Number.POSITIVE_INFINITY)
  for (let number = 0; number <= DELTA_ROWS_MAX; number++) floor.play('open', number, screen)
  const before = screen.seat.frames
  floor.play('lag', 0, screen)
  screen.seat.drain(Number.POSITIVE_INFINITY)
  expect(screen.heard.filter((what) => what.startsWith('market'))).toEqual(['market', 'market'])
  const parts = Math.ceil(floor.hall.feed.view.listings.size / SNAPSHOT_PART_ROWS_MAX)
  expect(screen.seat.frames - before).toBe(parts)
  screen.expectCurrent()
})

test('who is sent the last part after very much has changed begins anew once, not twice', () => {
  const floor = new Floor()
  const screen = new Screen(floor)
  screen.seat.drain(3)
  for (let number = 0; number <= DELTA_ROWS_MAX; number++) floor.play('open', number, screen)
  screen.seat.drain(1)
  const before = screen.seat.frames
  screen.seat.drain(Number.POSITIVE_INFINITY)
  const parts = Math.ceil(floor.hall.feed.view.listings.size / SNAPSHOT_PART_ROWS_MAX)
  const bids = Math.ceil(BIDS / SNAPSHOT_PART_ROWS_MAX)
  expect(screen.seat.frames - before).toBe(parts + bids)
  screen.expectCurrent()
})

test.each(['tape', 'listing:1'] as const)(
  'who has missed more of %s than can be sent at once begins with a snapshot',
  (channel) => {
    const floor = new Floor()
    const screen = new Screen(floor)
    const heard: string[] = []
    screen.seat.drain(Number.POSITIVE_INFINITY)
    screen.seat.subscriptions.add(channel, {
      onSnapshot: () => heard.push('snapshot'),
      onDelta: () => heard.push('delta'),
    })
    screen.seat.connect()
    screen.seat.disconnect()
    const flushes = Math.ceil(DELTA_ROWS_MAX / TAPE_FILLS_MAX) + 1
    for (let flush = 0; flush < flushes; flush++) {
      for (let bid = 0; bid < TAPE_FILLS_MAX; bid++) floor.play('bid', 0, screen)
      floor.hall.feed.flushPublic()
    }
    screen.seat.connect()
    screen.seat.drain(Number.POSITIVE_INFINITY)
    expect(heard).toEqual(['snapshot', 'snapshot'])
  },
)

test('a channel given up between parts is sent no more of them', () => {
  const floor = new Floor()
  const screen = new Screen(floor)
  screen.seat.drain(2)
  floor.hall.feed.unsubscribe(screen.seat, 'market')
  screen.seat.drain(Number.POSITIVE_INFINITY)
  expect(screen.heard).toEqual(['bids'])
})

test('what is small comes whole, what is large in numbered parts', () => {
  const rows = (count: number) => ({ bids: Array.from({ length: count }, (_, row) => row) })
  const whole = cutSnapshot('bids', 1, sequence(2), rows(SNAPSHOT_PART_ROWS_MAX))
  expect(whole.parts).toEqual([
    { t: 'snapshot', ch: 'bids', epoch: 1, seq: 2, prev: 2, d: rows(SNAPSHOT_PART_ROWS_MAX) },
  ])
  const { parts } = cutSnapshot('bids', 1, sequence(2), rows(SNAPSHOT_PART_ROWS_MAX + 1))
  expect(parts.map((part) => [part.part, part.parts])).toEqual([
    [1, 2],
    [2, 2],
  ])
  expect(parts[1]?.d).toEqual({ bids: [SNAPSHOT_PART_ROWS_MAX] })
  expect(cutSnapshot('bids', 1, sequence(2), rows(0)).parts).toHaveLength(1)
})

test('of two snapshots of one channel only the newer is sent, and channels come one after the other', () => {
  const parts = new Parts<string>()
  const said: string[] = []
  const begin = (ch: string, name: string): void =>
    parts.begin(named(ch, name), () => said.push(`${name} whole`))
  begin('market', 'old')
  begin('bids', 'own')
  begin('market', 'new')
  parts.hold('bids', 'held of own')
  const isTaken = (): boolean => said.length < 20
  parts.pump(
    isTaken,
    (part) => said.push(part.d as string),
    (held) => said.push(held),
  )
  expect(said).toEqual([
    'own 1',
    'own 2',
    'held of own',
    'own whole',
    'new 1',
    'new 2',
    'new whole',
  ])
  expect(parts.isEmpty).toBe(true)
})

function named(ch: string, name: string): Snapshot {
  const frame = { t: 'snapshot', ch, epoch: 1, seq: sequence(1), prev: sequence(1) } as const
  const parts = [1, 2].map((part): ChannelFrame => ({
    ...frame,
    part,
    parts: 2,
    d: `${name} ${part}`,
  }))
  return { ch, seq: sequence(1), parts }
}

/** A market with more listings, and one investor with more bids, than one part holds. */
class Floor {
  readonly hall = new Hall()
  #listings = LISTINGS
  #bids = BIDS
  readonly #open: number[] = []

  constructor() {
    const many = <Row>(count: number, make: (id: number) => Row): Row[] =>
      Array.from({ length: count }, (_, place) => make(place + 1))
    this.hall.feed.load({
      sequence: sequence(7),
      epochMs: atMs(1),
      accounts: [{ accountId: accountId(1), availableMinor: 1_000_000_000, heldMinor: 100 * BIDS }],
      listings: many(LISTINGS, termsOf),
      bids: many(BIDS, (id) => ({
        ...bidOf(id, (id % LISTINGS) + 1),
        placedMinor: minor(100),
        placedRatePpm: ratePpm(50_000),
        placedAtMs: atMs(1),
        key: null,
        ...FLAGS,
        ...FLAGS,
      })),
    })
    for (let id = 1; id <= BIDS; id++) this.#open.push(id)
  }

  play(what: string, number: number, screen: Screen): void {
    const { seat } = screen
    if (what === 'bid')
      this.#say({
        kind: 'BidPlaced',
        ...bidOf(++this.#bids, (number % this.#listings) + 1),
        key: null,
        ...FLAGS,
      })
    if (what === 'bid') this.#open.push(this.#bids)
    if (what === 'open') this.#say({ kind: 'ListingOpened', ...opened(++this.#listings) })
    if (what === 'cancel') this.#cancel(number)
    if (what === 'flush') this.hall.feed.flushPublic()
    if (what === 'drain') seat.drain((number % 3) + 1)
    if (what === 'lag') this.hall.leave('market', seat)
    if (what === 'lag' && seat.isConnected) this.hall.feed.refresh(seat, 'market')
    if (what === 'cut') seat.disconnect()
    if (what === 'ask') seat.connect()
    if (what === 'wait') this.hall.nowMs += number % SNAPSHOT_SHARED_MS
  }

  #cancel(number: number): void {
    const [bidId] = this.#open.splice(number % this.#open.length, 1)
    if (bidId === undefined) return
    const { view } = this.hall.feed
    const bid = view.bid(bidId as BidId)
    const { listingId: listing, acceptedMinor: releasedMinor } = bid
    const terms = { listingId: listing, accountId: accountId(1), releasedMinor }
    this.#say({ kind: 'BidCancelled', bidId: bidId as BidId, ...terms })
  }

  #say(event: Event): void {
    const { feed } = this.hall
    const at = sequence(feed.view.sequence + 1)
    feed.apply({
      id: `${at}-0`,
      atMs: atMs(at),
      source: 'gateway',
      batch: at,
      sequence: at,
      previousId: `${at - 1}-0`,
      digest: '',
      isDuplicate: false,
      timed: [],
      answered: [[event]],
    })
    feed.flushPrivate()
  }
}

/** One investor with the market and the own bids open, on a slow line. */
class Screen {
  readonly seat: Seat
  readonly heard: string[] = []
  readonly #market = new MarketPicture()
  readonly #bids = new BidsPicture()
  readonly #floor: Floor

  constructor(floor: Floor) {
    this.#floor = floor
    this.seat = new Seat(floor.hall, 1)
    this.seat.room = 0
    this.seat.subscriptions.add('market', this.#listening('market', this.#market))
    this.seat.subscriptions.add('bids', this.#listening('bids', this.#bids))
    this.seat.connect()
  }

  #listening<Family extends 'market' | 'bids'>(
    name: Family,
    picture: ChannelListener<Family>,
  ): ChannelListener<Family> {
    return {
      onSnapshot: (data, seq) => {
        this.heard.push(name)
        picture.onSnapshot(data, seq)
      },
      onDelta: (data, seq) => {
        this.heard.push(`${name} +`)
        picture.onDelta(data, seq)
      },
    }
  }

  expectCurrent(): void {
    const { view } = this.#floor.hall.feed
    const rows = Array.from(view.listings.values(), (listing) => listing.row)
    expect([...this.#market.listings.values()]).toEqual(rows)
    expect([...this.#bids.open.values()]).toEqual(view.account(accountId(1)).bids())
  }
}

function termsOf(id: number) {
  const { mode, amountMinor, termMonths, minBidMinor, grade, purpose } = TERMS
  const terms = { mode, amountMinor, ratePpm: ratePpm(100_000), termMonths, minBidMinor }
  const times = { openedAtMs: atMs(1), opensAtMs: atMs(1), closesAtMs: atMs(9_000_000) }
  const stands = {
    status: 'open',
    clearingRatePpm: terms.ratePpm,
    reviewByMs: 0,
    floorMinor: amountMinor,
  } as const
  const who = { listingId: listingId(id), borrowerId: accountId(9) }
  return { ...who, ...terms, ...times, ...stands, grade, purpose }
}

function opened(id: number) {
  const { openedAtMs: _, status: _s, clearingRatePpm: _c, reviewByMs: _r, ...terms } = termsOf(id)
  return { ...terms, opensAtMs: 0 as const }
}

const FLAGS = { minFillMinor: 0, rank: 'by-rate' } as const

const TERMS = {
  mode: 'fixed-rate',
  amountMinor: minor(1_000_000),
  termMonths: 12,
  minBidMinor: minor(1),
  grade: 'A',
  purpose: 'car',
} as const

function bidOf(id: number, listing: number) {
  const amountMinor = minor(100)
  return {
    bidId: id as BidId,
    listingId: listingId(listing),
    accountId: accountId(1),
    amountMinor,
    acceptedMinor: amountMinor,
    ratePpm: ratePpm(50_000),
  }
}
