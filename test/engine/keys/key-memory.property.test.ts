import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newAccount } from '../../../engine/cash/account.ts'
import { KeyMemory } from '../../../engine/keys/key-memory.ts'
import type { KeyLimits, KeyRecord } from '../../../engine/keys/key-memory.ts'
import { MARKET_LIMITS } from '../../../engine/index.ts'
import { keyWords, wordsTimeMs } from '../../../engine/keys/key-words.ts'
import {
  accountId,
  atMs,
  BIDS_BURST_MAX,
  BIDS_PER_SECOND_MAX,
  CANCELS_BURST_MAX,
  CANCELS_PER_SECOND_MAX,
  KEY_AHEAD_MS_MAX,
  KEY_FRESH_MS,
  keyFrom,
  KEYS_KEPT_MAX,
  KEYS_PER_ACCOUNT_MAX,
  keyTimeMs,
} from '../../../schema/index.ts'
import { holds } from '../seed.ts'

const LIMITS: KeyLimits = {
  keysPerAccountShare: 3,
  keysPerAccountMax: 5,
  keysKeptMax: 12,
  keyFreshMs: 15,
}
const NOW = atMs(1_100)

test('a key as words carries all of its text: its time, and no two the same', () => {
  holds(
    300,
    fc.property(
      fc.nat({ max: 2 ** 47 }),
      fc.uint8Array({ minLength: 10, maxLength: 10 }),
      (ms, bytes) => {
        const key = keyFrom(ms, bytes)
        const words = keyWords(key)
        expect(wordsTimeMs(words)).toBe(keyTimeMs(key))
        const hex = [words.first, words.second, words.third, words.fourth].map((word) =>
          (word >>> 0).toString(16).padStart(8, '0'),
        )
        expect(hex.join('')).toBe(key.replaceAll('-', ''))
      },
    ),
  )
})

/** The same once more as a plain list, the oldest first. */
class NaiveMemory {
  readonly forgotten = new Map<number, number>()
  list: { who: number; key: number; record: KeyRecord }[] = []

  /** False when there is no room. */
  remember(who: number, key: number, record: KeyRecord, isOwn: boolean, nowMs: number): boolean {
    const own = this.list.filter((one) => one.who === who)
    const isOld = (one: (typeof own)[number] | undefined) =>
      one !== undefined && wordsTimeMs(one.record.words) < nowMs - LIMITS.keyFreshMs
    const isAtItsEnd = isOwn && own.length >= LIMITS.keysPerAccountMax
    if (isAtItsEnd || this.list.length >= LIMITS.keysKeptMax) {
      const isItsTurn = isAtItsEnd || own.length >= LIMITS.keysPerAccountShare
      const [leaving] = isItsTurn && isOld(own[0]) ? own : isAtItsEnd ? [] : this.list
      if (leaving === undefined || !isOld(leaving)) return false
      this.list = this.list.filter((one) => one !== leaving)
      const timeMs = wordsTimeMs(leaving.record.words)
      this.forgotten.set(leaving.who, Math.max(this.forgotten.get(leaving.who) ?? 0, timeMs))
    }
    this.list.push({ who, key, record })
    return true
  }
}

test('keys are found until there is need of their room, and no young one is ever let go', () => {
  const asked = fc.array(
    fc.record({
      who: fc.integer({ min: 1, max: 4 }),
      key: fc.nat({ max: 60 }),
      isOwn: fc.constantFrom(true, true, true, false),
      passesMs: fc.constantFrom(0, 0, 1, 2, 10),
    }),
    { maxLength: 160, size: 'large' },
  )
  holds(
    300,
    fc.property(asked, (commands) => {
      const accounts = new Map(
        [1, 2, 3, 4].map((who) => [accountId(who), newAccount(accountId(who), who - 1)]),
      )
      const memory = new KeyMemory(accounts, LIMITS)
      const naive = new NaiveMemory()
      let nowMs = 1_000
      for (const [place, { who, key, isOwn, passesMs }] of commands.entries()) {
        nowMs += passesMs
        const account = accounts.get(accountId(who))
        if (account === undefined) throw new Error('everyone has an account')
        const record = recordOf(key, place)
        const known = naive.list.find((one) => one.who === who && one.key === key)
        expect(memory.find(account, record.words)).toEqual(known?.record ?? null)
        if (known !== undefined) continue
        const hasRoom = memory.hasRoom(account, isOwn, atMs(nowMs))
        expect(hasRoom).toBe(naive.remember(who, key, record, isOwn, nowMs))
        if (hasRoom) memory.remember(account, record, isOwn, atMs(nowMs), null)
        expect(account.forgottenMs).toBe(naive.forgotten.get(who) ?? 0)
        for (const { forgottenMs } of accounts.values())
          expect(forgottenMs).toBeLessThan(nowMs - LIMITS.keyFreshMs)
        const isLong = ({ record: { answer } }: { record: KeyRecord }) => answer.more.length > 0
        expect(memory.slots).toBe(naive.list.length + naive.list.filter(isLong).length)
        expect(memory.size).toBeLessThanOrEqual(LIMITS.keysKeptMax)
      }
      expect(memory.size).toBe(naive.list.length)
      expect([...memory.entries()]).toEqual(naive.list.map((one) => [one.who, one.record]))
    }),
  )
})

test('who asks as fast as is permitted, with a clock as far ahead as is permitted, has room all the time', () => {
  const staysSeconds = (KEY_FRESH_MS + KEY_AHEAD_MS_MAX) / 1_000
  const perSecond = BIDS_PER_SECOND_MAX + CANCELS_PER_SECOND_MAX
  const atOnce = BIDS_BURST_MAX + CANCELS_BURST_MAX
  expect(perSecond * staysSeconds + atOnce).toBeLessThanOrEqual(KEYS_PER_ACCOUNT_MAX)
  expect(100_000 * staysSeconds).toBeLessThanOrEqual(KEYS_KEPT_MAX)
})

test('ten thousand keys are all found again', () => {
  const account = newAccount(accountId(1), 0)
  const memory = new KeyMemory(new Map([[account.accountId, account]]), {
    ...LIMITS,
    keysPerAccountMax: 10_000,
    keysKeptMax: 10_000,
  })
  for (let key = 0; key < 10_000; key++)
    memory.remember(account, recordOf(key, key), true, NOW, null)
  for (let key = 0; key < 10_000; key++)
    expect(memory.find(account, recordOf(key, key).words)?.sequence).toBe(key)
})

test('the same key of three thousand accounts is three thousand keys', () => {
  const ids = Array.from({ length: 3_000 }, (_, index) => accountId(index + 1))
  const accounts = new Map(ids.map((id, order) => [id, newAccount(id, order)]))
  const memory = new KeyMemory(accounts, MARKET_LIMITS)
  const first = recordOf(1, 0)
  for (const account of accounts.values()) {
    expect(memory.find(account, first.words)).toBeNull()
    memory.remember(account, { ...first, sequence: account.accountId }, true, NOW, null)
  }
  const found = [...accounts.values()].map((account) => memory.find(account, first.words)?.sequence)
  expect(found).toEqual(ids)
})

/** Times go up and down with the key, so that what is let go is not always older than what stays. */
function recordOf(key: number, place: number): KeyRecord {
  const timeMs = 1_000 + ((key * 7) % 31)
  return {
    words: keyWords(keyFrom(timeMs, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, key >>> 8, key))),
    fingerprint: { high: key, low: ~key },
    sequence: place,
    answer: {
      code: key % 3,
      given: 2 ** 40 + place,
      givenToo: place,
      more: key % 5 === 0 ? [place, 2 ** 50, key] : [],
    },
  }
}
