import { expect, test } from 'vitest'
import { apply, createState, dumpState, loadState, MARKET_LIMITS } from '../../../engine/index.ts'
import type { MarketLimits } from '../../../engine/index.ts'
import { RowBudget } from '../../../engine/market/row-budget.ts'
import { FAST_BOOKS } from '../../../engine/market/book/books.ts'
import { fingerprint } from '../../../engine/keys/fingerprint.ts'
import {
  atMs,
  KEY_AHEAD_MS_MAX,
  KEY_FRESH_MS,
  keyFrom,
  keyTimeMs,
  minor,
  SOURCES_MAX,
  stateDigestOf,
} from '../../../schema/index.ts'
import type { Command, Key } from '../../../schema/index.ts'
import { Market, placed, refusal, START_MS } from '../market.ts'

function withBid(): { market: Market; car: number; bid: Command } {
  const market = new Market()
  market.deposit('Ann', 10_000)
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000, minBid: 100 })
  return { market, car, bid: market.bidOf('Ann', car, 300) }
}

test('the same key with the same body gets the same answer and has no second effect', () => {
  const { market, bid } = withBid()
  const first = market.ask(bid)
  market.bid('Ann', 1, 100)
  expect(market.ask(bid)).toEqual([
    { kind: 'Repeated', accountId: bid.accountId, key: bid.key, sequence: 3, answer: first[0] },
  ])
  expect(market.cash('Ann')).toEqual([9_600, 400])
})

test('every kind of answer comes back as it was, even when all has changed since', () => {
  const { market, car } = withBid()
  const { bidId } = placed(market.bid('Ann', car, 300))
  const listing = market.listing('Bob', { mode: 'uniform-auction', amount: 700, minBid: 10 })
  const asked: Command[] = [
    listing,
    { ...market.bidOf('Ann', car, 100), kind: 'CancelBid', bidId },
    { ...market.bidOf('Ann', car, 100), kind: 'Deposit', amountMinor: minor(77) },
    market.bidOf('Ann', 999, 100),
  ]
  const answers = asked.map((command) => market.ask(command)[0])
  market.pass(3_600_000)
  expect(asked.map((command) => market.ask(command)[0])).toMatchObject(
    answers.map((answer) => ({ kind: 'Repeated', answer })),
  )
})

test('a refusal is remembered too: the key stays refused when the cash has come', () => {
  const market = new Market()
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000 })
  const bid = market.bidOf('Ann', car, 300)
  expect(refusal(market.ask(bid))).toBe('insufficient-funds')
  market.deposit('Ann', 1_000)
  expect(market.ask(bid)).toMatchObject([
    { kind: 'Repeated', answer: { kind: 'Refused', code: 'insufficient-funds' } },
  ])
})

test('the same key for a different command is refused, and the first answer stays', () => {
  const { market, car, bid } = withBid()
  market.ask(bid)
  for (const other of [
    market.bidOf('Ann', car, 301),
    market.bidOf('Ann', car, 300, 99_999),
    market.bidOf('Ann', car + 1, 300),
  ])
    expect(refusal(market.ask({ ...other, key: bid.key }))).toBe('key-reused')
  expect(market.ask(bid)).toMatchObject([{ kind: 'Repeated' }])
})

test.each(['high', 'low'] as const)(
  'two commands whose fingerprints agree in their %s half alone are not the same',
  (half) => {
    const { market, car, bid } = withBid()
    const [one, other] = twinsIn(half, (n) => ({
      ...market.bidOf('Ann', car, n, 1 + ((n * 7_919) % 200_003)),
      key: bid.key,
    }))
    market.ask(one)
    expect(refusal(market.ask(other))).toBe('key-reused')
  },
)

/** Of a million halves of 32 bits some agree. */
function twinsIn(half: 'high' | 'low', commandOf: (n: number) => Command): [Command, Command] {
  const seen = new Map<number, Command>()
  for (let n = 1; n <= 1_000_000; n++) {
    const command = commandOf(n)
    const print = fingerprint(command)[half]
    const twin = seen.get(print)
    if (twin !== undefined) return [twin, command]
    seen.set(print, command)
  }
  throw new Error('no two agree')
}

test('a deadline is no part of what is asked: a later one repeats the answer', () => {
  const { market, bid } = withBid()
  market.ask(bid)
  const again = { ...bid, deadlineMs: market.nowMs } as Command
  market.pass(10)
  expect(market.ask(again)).toMatchObject([{ kind: 'Repeated' }])
})

test('a command reached after its deadline has no effect', () => {
  const { market, car } = withBid()
  const deadlineMs = market.nowMs + 5
  const [inTime, late] = [market.bidOf('Ann', car, 300), market.bidOf('Ann', car, 300)]
  market.pass(5)
  expect(placed(market.ask({ ...inTime, deadlineMs } as Command)).acceptedMinor).toBe(300)
  market.pass(1)
  expect(refusal(market.ask({ ...late, deadlineMs } as Command))).toBe('deadline-passed')
})

test('two accounts may use the same key', () => {
  const { market, car, bid } = withBid()
  market.deposit('Bea', 10_000)
  market.ask(bid)
  expect(placed(market.ask({ ...market.bidOf('Bea', car, 300), key: bid.key })).bidId).toBe(2)
})

test('a key from further ahead than clocks differ is refused and not remembered', () => {
  const { market, bid } = withBid()
  const key = market.keyMadeAt(START_MS + KEY_AHEAD_MS_MAX + 1)
  expect(refusal(market.ask({ ...bid, key }))).toBe('key-ahead')
  market.pass(1)
  expect(placed(market.ask({ ...bid, key })).bidId).toBe(1)
})

test('a key is held to the clock of the gateway that wrote it when that is ahead of the journal’s', () => {
  const { market, bid } = withBid()
  const key = market.keyMadeAt(market.nowMs + KEY_AHEAD_MS_MAX + 500)
  const budget = new RowBudget(9)
  const now = atMs(market.nowMs)
  expect(refusal(apply(market.state, { ...bid, key }, now, budget))).toBe('key-ahead')
  const written = atMs(market.nowMs + 500)
  expect(placed(apply(market.state, { ...bid, key }, now, budget, written)).bidId).toBe(1)
})

/** Where the engine lets keys go as soon as it may. */
function smallMarket(limits: Partial<MarketLimits>): { market: Market; car: number } {
  const market = new Market(createState(FAST_BOOKS, { ...MARKET_LIMITS, ...limits }))
  market.nowMs += 1_000
  market.deposit('Ann', 10_000)
  return { market, car: market.list('Bob', { mode: 'fixed-rate', amount: 9_000, openMs: 900_000 }) }
}

test('a key let go is refused as expired, and so is any as old that may have been let go', () => {
  const { market, car } = smallMarket({ keysPerAccountMax: 3 })
  const older = market.keyMadeAt(START_MS - 1)
  const bid = market.bidOf('Ann', car, 300)
  market.ask(bid)
  market.pass(KEY_FRESH_MS + 1)
  const bids = [1, 2, 3].map(() => market.bidOf('Ann', car, 1))
  market.enter(bids)
  expect(refusal(market.ask(bid))).toBe('key-expired')
  expect(refusal(market.ask({ ...bid, key: older }))).toBe('key-expired')
  expect(market.ask(bids[0] as Command)).toMatchObject([{ kind: 'Repeated' }])
  const restarted = loadState(dumpState(market.state))
  const events = apply(restarted, { ...bid, key: older }, atMs(market.nowMs))
  expect(refusal(events)).toBe('key-expired')
})

test('after three thousand commands a first cancel whose key is a second old is carried out', () => {
  const { market, car } = withBid()
  const { bidId } = placed(market.bid('Ann', car, 300))
  const key = market.keyMadeAt(market.nowMs)
  market.pass(1_000)
  market.enter(Array.from({ length: 1_500 }, () => market.bidOf('Ann', car, 1)))
  market.enter(Array.from({ length: 1_500 }, () => market.bidOf('Ann', car, 1)))
  const cancel = { ...market.bidOf('Ann', car, 100), key, kind: 'CancelBid', bidId } as const
  expect(market.ask(cancel)).toMatchObject([{ kind: 'BidCancelled', bidId }])
})

test('three thousand keys as far ahead as may be hold back neither the account nor the operator', () => {
  const { market, car } = withBid()
  const ahead = () => {
    const key = market.keyMadeAt(market.nowMs + KEY_AHEAD_MS_MAX)
    return { ...market.bidOf('Ann', car, 1), key: distinct(key) }
  }
  market.enter(Array.from({ length: 1_500 }, ahead))
  market.enter(Array.from({ length: 1_500 }, ahead))
  expect(refusal(market.ask(market.bidOf('Ann', car, 100)))).toBeNull()
  expect(market.deposit('Ann', 5)).toMatchObject([{ kind: 'Deposited' }])
})

test('who has as many young keys as one may is asked to wait, and what others ask for the account is not', () => {
  const { market, car } = smallMarket({ keysPerAccountMax: 4, keysPerAccountShare: 1 })
  market.enter([1, 2, 3].map(() => market.bidOf('Ann', car, 1)))
  const bid = market.bidOf('Ann', car, 1)
  expect(refusal(market.ask(bid))).toBe('busy')
  expect(market.deposit('Ann', 5)).toMatchObject([{ kind: 'Deposited' }])
  market.pass(KEY_FRESH_MS + 1)
  expect(placed(market.ask(bid)).acceptedMinor).toBe(1)
})

test('in a full market the keys of who has many go first, then the oldest, and no young one', () => {
  const { market, car } = smallMarket({ keysKeptMax: 6, keysPerAccountShare: 3 })
  const [first] = [market.depositOf('Bea', 100), market.ask(market.bidOf('Ann', car, 1))]
  market.ask(first)
  market.ask(market.bidOf('Ann', car, 1))
  market.ask(market.bidOf('Ann', car, 1))
  expect(refusal(market.ask(market.bidOf('Ann', car, 1)))).toBe('busy')
  expect(refusal(market.deposit('Cid', 1))).toBe('busy')
  market.pass(KEY_FRESH_MS + 1_000)
  for (let times = 0; times < 3; times++) market.ask(market.bidOf('Ann', car, 1))
  expect(market.ask(first)).toMatchObject([{ kind: 'Repeated' }])
  expect(market.state.keys.size).toBe(6)
})

test('an entry that was sent twice has effect once', () => {
  const { market, bid } = withBid()
  const first = market.enter([bid], 'gateway-7', 1)
  const second = market.enter([bid], 'gateway-7', 1)
  expect(second).toMatchObject({ isDuplicate: true, answered: [], sequence: first.sequence + 1 })
  expect(stateDigestOf(second.digest)).toBe(stateDigestOf(first.digest))
  expect(market.enter([bid], 'gateway-7', 2).answered[0]).toMatchObject([{ kind: 'Repeated' }])
})

test('time goes on even in an entry that was sent twice', () => {
  const { market, bid } = withBid()
  market.enter([bid], 'gateway-7', 1)
  market.nowMs += 3_600_000
  expect(market.enter([bid], 'gateway-7', 1)).toMatchObject({
    isDuplicate: true,
    timed: [{ kind: 'ListingExpired' }],
  })
})

test('the writer unheard of for longest is forgotten first', () => {
  const market = new Market()
  for (let index = 0; index < SOURCES_MAX; index++) market.enter([], `source-${index}`, 9)
  market.enter([], 'source-0', 10)
  market.enter([], 'one too many', 1)
  expect(market.enter([], 'source-0', 10).isDuplicate).toBe(true)
  expect(market.enter([], 'source-2', 9).isDuplicate).toBe(true)
  expect(market.enter([], 'source-1', 9).isDuplicate).toBe(false)
})

test('the mark of a source never sinks: an older entry that comes again makes no later one new', () => {
  const market = new Market()
  for (const [batch, isDuplicate] of [
    [7, false],
    [5, true],
    [6, true],
    [7, true],
    [8, false],
  ] as const)
    expect(market.enter([], 'gateway', batch).isDuplicate).toBe(isDuplicate)
})

let made = 0

/** Another key of the same moment. */
function distinct(key: Key): Key {
  made++
  return keyFrom(keyTimeMs(key), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, made >>> 16, made >>> 8, made))
}
