/** A channel is subscribed once, and its snapshot is made once for all who ask for it at the same state. */
import { beforeEach, expect, test } from 'vitest'
import { accountId, atMs, listingId, minor, ratePpm, reject, sequence } from '../../schema/index.ts'
import type { BidId, ChannelFrame, Event, SubscribeReply } from '../../schema/index.ts'
import { Outgoing } from '../../gateway/socket/outgoing.ts'
import { WIRES } from '../../gateway/socket/wire.ts'
import type { Wire } from '../../gateway/socket/wire.ts'
import { SNAPSHOT_DELTAS_AFTER_MAX, SNAPSHOT_PART_ROWS_MAX } from '../../schema/index.ts'
import { Hall, Seat } from './followers.ts'

const LISTINGS = 20

let hall: Hall
let seat: Seat
beforeEach(() => {
  hall = open(LISTINGS)
  seat = new Seat(hall, 1)
})

test('a channel that is named sixty-four times is followed once, with one snapshot', () => {
  const reply = follow(
    seat,
    Array.from({ length: 64 }, () => 'market'),
  )
  expect(reply.channels).toMatchObject([{ channel: 'market', recovered: false }])
  expect(seat.frames).toBe(1)
})

test('one that is followed already goes on as it was, and no second snapshot comes', () => {
  follow(seat, ['market', 'cash', 'bids'])
  const reply = follow(seat, ['market', 'cash', 'bids', 'tape'])
  expect(reply.channels.map(({ channel, recovered }) => [channel, recovered])).toEqual([
    ['market', true],
    ['cash', true],
    ['bids', true],
    ['tape', false],
  ])
  expect(seat.frames).toBe(4)
  say(hall, placed(1))
  hall.feed.flushPublic()
  // The market, the tape, and both of one's own.
  expect(seat.frames).toBe(8)
})

test('who says from where on gets what was missed or a snapshot, and so does who gave the channel up', () => {
  follow(seat, ['market'])
  const { seq = 0, epoch = 0 } = seat.frame ?? {}
  const ask = (since: number) => hall.feed.subscribe(seat, [{ channel: 'market', since, epoch }])
  say(hall, placed(1))
  const missed = ask(seq)
  expect(missed).toMatchObject({ reply: { channels: [{ recovered: true }] } })
  begin(missed)
  expect(seat.frame).toMatchObject({ t: 'delta', prev: seq })
  const lost = ask(seq - 1)
  expect(lost).toMatchObject({ reply: { channels: [{ recovered: false }] } })
  const kinds: string[] = []
  seat.onFrame = ({ t }) => kinds.push(t)
  begin(lost)
  // The one that was made before, and what came since.
  expect(kinds).toEqual(['snapshot', 'delta'])
  hall.feed.unsubscribe(seat, 'market')
  follow(seat, ['market'])
  expect(kinds).toEqual(['snapshot', 'delta', 'snapshot', 'delta'])
})

test('each part of a snapshot is paid, what was only missed is not, and who cannot pay follows nothing', () => {
  hall = open(2 * SNAPSHOT_PART_ROWS_MAX + 1)
  seat = new Seat(hall, 1)
  const paid: number[] = []
  const pay = (parts: number) => {
    paid.push(parts)
    return parts > 3 ? reject('rate-limited', { retryAfterMs: 1 }) : null
  }
  const names = (...channels: string[]) => channels.map((channel) => ({ channel }))
  expect(hall.feed.subscribe(seat, names('market', 'tape'), pay)).toHaveProperty('code')
  expect([...seat.following]).toEqual([])
  begin(hall.feed.subscribe(seat, names('market', 'market'), pay))
  begin(hall.feed.subscribe(seat, names('market'), pay))
  const { seq = 0, epoch = 0 } = seat.frame ?? {}
  begin(hall.feed.subscribe(seat, [{ channel: 'market', since: seq, epoch }], pay))
  expect(paid).toEqual([4, 3, 0, 0])
})

test('all who ask at the same state are sent the same bytes, encoded once', () => {
  const others = Array.from({ length: 5 }, (_, n) => new Seat(hall, n + 2))
  const outgoing = new Outgoing()
  const bytes = others.map((other) => {
    follow(other, ['market'])
    return outgoing.encode(other.frame as ChannelFrame, COUNTED)
  })
  expect(new Set(bytes).size).toBe(1)
  expect(encoded).toBe(1)
})

test('while the market moves they are sent the same snapshot, and then what came since', () => {
  const frames = new Set<ChannelFrame | null>()
  for (let n = 1; n <= SNAPSHOT_DELTAS_AFTER_MAX; n++) {
    const heard = new Set<ChannelFrame>()
    const other = new Seat(hall, n)
    other.onFrame = (frame) => heard.add(frame)
    follow(other, ['market'])
    const [snapshot = null, ...deltas] = heard
    frames.add(snapshot)
    expect(deltas).toHaveLength(n - 1)
    expect((deltas.at(-1) ?? snapshot)?.seq).toBe(hall.feed.view.sequence)
    say(hall, placed(n))
    hall.feed.flushPublic()
  }
  expect(frames.size).toBe(1)
  say(hall, placed(100))
  follow(seat, ['market'])
  expect(seat.frame).toMatchObject({ t: 'snapshot', seq: hall.feed.view.sequence })
})

let encoded = 0
const COUNTED: Wire = {
  ...WIRES['lendbook.v1.json'],
  encode: (frame) => {
    encoded++
    return WIRES['lendbook.v1.json'].encode(frame)
  },
}

function follow(who: Seat, names: readonly string[]): SubscribeReply {
  const followed = hall.feed.subscribe(
    who,
    names.map((channel) => ({ channel })),
  )
  begin(followed)
  return 'reply' in followed ? followed.reply : { channels: [] }
}

function begin(followed: ReturnType<Hall['feed']['subscribe']>): void {
  if ('begin' in followed) followed.begin()
}

function open(listings: number): Hall {
  const opened = new Hall()
  opened.feed.load({
    sequence: sequence(7),
    epochMs: atMs(1),
    accounts: [{ accountId: accountId(1), availableMinor: 1_000_000, heldMinor: 0 }],
    listings: Array.from({ length: listings }, (_, place) => termsOf(place + 1)),
    bids: [],
  })
  return opened
}

function say({ feed }: Hall, event: Event): void {
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

function placed(id: number): Event {
  return {
    kind: 'BidPlaced',
    bidId: id as BidId,
    listingId: listingId(1),
    accountId: accountId(1),
    amountMinor: minor(100),
    acceptedMinor: minor(100),
    ratePpm: ratePpm(50_000),
    key: null,
    minFillMinor: 0,
    rank: 'by-rate',
  }
}

function termsOf(id: number) {
  return {
    listingId: listingId(id),
    borrowerId: accountId(9),
    mode: 'fixed-rate',
    amountMinor: minor(1_000_000),
    ratePpm: ratePpm(100_000),
    termMonths: 12,
    minBidMinor: minor(1),
    status: 'open',
    clearingRatePpm: ratePpm(100_000),
    floorMinor: minor(1_000_000),
    openedAtMs: atMs(1),
    opensAtMs: atMs(1),
    reviewByMs: 0,
    closesAtMs: atMs(9_000_000),
    grade: 'A',
    purpose: 'car',
  } as const
}
