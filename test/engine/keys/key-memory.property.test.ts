import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newAccount } from '../../../engine/cash/account.ts'
import { KeyMemory } from '../../../engine/keys/key-memory.ts'
import type { KeyLimits, KeyRecord } from '../../../engine/keys/key-memory.ts'
import { MARKET_LIMITS } from '../../../engine/index.ts'
import { keyWords, wordsTimeMs } from '../../../engine/keys/key-words.ts'
import { accountId, keyFrom, keyTimeMs } from '../../../schema/index.ts'
import { holds } from '../seed.ts'

const LIMITS: KeyLimits = { keysPerAccountMax: 5, keysKeptMax: 12 }

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

  remember(who: number, key: number, record: KeyRecord): void {
    const own = this.list.filter((one) => one.who === who)
    const leaving =
      own.length === LIMITS.keysPerAccountMax
        ? own[0]
        : this.list.length === LIMITS.keysKeptMax
          ? this.list[0]
          : undefined
    if (leaving !== undefined) {
      this.list = this.list.filter((one) => one !== leaving)
      const timeMs = wordsTimeMs(leaving.record.words)
      this.forgotten.set(leaving.who, Math.max(this.forgotten.get(leaving.who) ?? 0, timeMs))
    }
    this.list.push({ who, key, record })
  }
}

test('keys are found until they are let go, oldest first, by account and over all', () => {
  const asked = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat({ max: 30 })), {
    maxLength: 120,
    size: 'large',
  })
  holds(
    300,
    fc.property(asked, (pairs) => {
      const accounts = new Map(
        [1, 2, 3, 4].map((who) => [accountId(who), newAccount(accountId(who), who - 1)]),
      )
      const memory = new KeyMemory(accounts, LIMITS)
      const naive = new NaiveMemory()
      for (const [place, [who, key]] of pairs.entries()) {
        const account = accounts.get(accountId(who))
        if (account === undefined) throw new Error('everyone has an account')
        const record = recordOf(key, place)
        const known = naive.list.find((one) => one.who === who && one.key === key)
        expect(memory.find(account, record.words)).toEqual(known?.record ?? null)
        if (known !== undefined) continue
        memory.remember(account, record, null)
        naive.remember(who, key, record)
        expect(account.forgottenMs).toBe(naive.forgotten.get(who) ?? 0)
        const isLong = ({ record: { answer } }: { record: KeyRecord }) => answer.more.length > 0
        expect(memory.slots).toBe(naive.list.length + naive.list.filter(isLong).length)
      }
      expect(memory.size).toBe(naive.list.length)
      expect([...memory.entries()]).toEqual(naive.list.map((one) => [one.who, one.record]))
    }),
  )
})

test('ten thousand keys are all found again', () => {
  const account = newAccount(accountId(1), 0)
  const memory = new KeyMemory(new Map([[account.accountId, account]]), {
    keysPerAccountMax: 10_000,
    keysKeptMax: 10_000,
  })
  for (let key = 0; key < 10_000; key++) memory.remember(account, recordOf(key, key), null)
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
    memory.remember(account, { ...first, sequence: account.accountId }, null)
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
