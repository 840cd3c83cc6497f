/** The answers that commands got, by account and key, so that the same key gets the same answer.
 *
 *  A hundred thousand keys a second must not become garbage to collect, so a record lies in a page
 *  of plain memory (key-pages.ts), not in objects. Three chains run through the records: of one
 *  bucket of the hash table, of one account from its oldest key to its newest, and of all by age.
 *
 *  A key is let go only to make room for another, and only one whose own time is more than
 *  `keyFreshMs` past; it raises its account's `forgottenMs`, and a key up to that time that is not
 *  kept is refused. So no key that was made within that time is ever refused for its age, whatever
 *  else came for the account. Where nothing may be let go there is no room: the new command waits.
 *
 *  A full market lets go of the oldest key of the account that asks when that has more than its share,
 *  `keysPerAccountShare`, else of the oldest of all. By itself an account has `keysPerAccountMax`, many
 *  more than can be asked for at the permitted rate within the time that keys stay; what others ask for
 *  the account is not held back by what it asked itself. */
import { assert } from '../../schema/index.ts'
import type { AccountId, AtMs } from '../../schema/index.ts'
import type { Account } from '../cash/account.ts'
import type { Hash } from '../digest/hash.ts'
import { KeyPages, MORE_NUMBERS_MAX, NO_SLOT, NUMBER, WORD } from './key-pages.ts'
import { KeyWalk } from './key-walk.ts'
import type { MarketLimits } from '../market-limits.ts'
import { wordsTimeMs } from './key-words.ts'
import type { KeyWords } from './key-words.ts'

/** What is kept of one command and its answer. */
export interface KeyRecord {
  readonly words: KeyWords
  /** Of the command's body, so that the same key with another body is found out. */
  readonly fingerprint: Hash
  readonly sequence: number
  readonly answer: KeptAnswer
}

/** Of an answer, what only the engine could know: a repeated command says the rest again. */
export interface KeptAnswer {
  /** 0 for done, else the number of the refusal. */
  readonly code: number
  /** Such as the id of the new bid, and what was accepted of it. */
  readonly given: number
  readonly givenToo: number
  /** What some answers have beyond two; mostly nothing. */
  readonly more: readonly number[]
}

export type KeyLimits = Pick<
  MarketLimits,
  'keysPerAccountShare' | 'keysPerAccountMax' | 'keysKeptMax' | 'keyFreshMs'
>

/** Told of an account before it changes: the snapshot that is being taken. */
interface AccountKeeper {
  keepAccount(account: Account): void
}

const BUCKETS_MIN = 1_024
const NO_MORE: readonly number[] = []

export class KeyMemory {
  readonly #accounts: ReadonlyMap<AccountId, Account>
  readonly #limits: KeyLimits
  readonly #pages = new KeyPages()
  #buckets = new Int32Array(BUCKETS_MIN)
  #size = 0
  #walk: KeyWalk | null = null
  #oldest = NO_SLOT
  #newest = NO_SLOT

  /** `accounts` is the state's own map: the rings of keys begin and end in the accounts. */
  constructor(accounts: ReadonlyMap<AccountId, Account>, limits: KeyLimits) {
    this.#accounts = accounts
    this.#limits = limits
  }

  get size(): number {
    return this.#size
  }

  /** Slots of memory that its records take: one each, and one more for a long answer. */
  get slots(): number {
    return this.#pages.inUse
  }

  find(account: Account, words: KeyWords): KeyRecord | null {
    let slot = this.#buckets[this.#bucketOf(account.accountId, words)] ?? NO_SLOT
    while (slot !== NO_SLOT && !this.#holds(slot, account, words))
      slot = this.#pages.word(slot, WORD.nextInBucket)
    return slot === NO_SLOT ? null : this.#read(slot)
  }

  /** Whether one more key can be kept, which the account asked for itself or somebody else for it. */
  hasRoom(account: Account, isOwn: boolean, nowMs: AtMs): boolean {
    return this.#leaving(account, isOwn, nowMs) !== null
  }

  /** Keeps a record that `find` did not find, when there is room. Lets another go when there are enough; its
   *  account, which changes by it, is told to the cut. */
  remember(
    account: Account,
    record: KeyRecord,
    isOwn: boolean,
    nowMs: AtMs,
    cut: AccountKeeper | null,
  ): void {
    const leaving = this.#leaving(account, isOwn, nowMs)
    assert(leaving !== null, 'whether there is room was asked before')
    if (leaving !== NO_SLOT) this.#forget(leaving, cut)
    this.restore(account, record)
  }

  /** The key that has to go for one more: NO_SLOT for none, null when none may. */
  #leaving(account: Account, isOwn: boolean, nowMs: AtMs): number | null {
    const { keysPerAccountShare, keysPerAccountMax, keysKeptMax } = this.#limits
    const { keyCount, oldestKey } = account
    const isAtItsEnd = isOwn && keyCount >= keysPerAccountMax
    if (!isAtItsEnd && this.#size < keysKeptMax) return NO_SLOT
    const isItsOwnTurn = isAtItsEnd || keyCount >= keysPerAccountShare
    if (isItsOwnTurn && keyCount > 0 && this.#isOld(oldestKey, nowMs)) return oldestKey
    return !isAtItsEnd && this.#isOld(this.#oldest, nowMs) ? this.#oldest : null
  }

  #isOld(slot: number, nowMs: AtMs): boolean {
    return wordsTimeMs(this.#readWords(slot)) < nowMs - this.#limits.keyFreshMs
  }

  /** Puts a record of a snapshot back, however many there are. */
  restore(account: Account, record: KeyRecord): void {
    if (2 * this.#size >= this.#buckets.length) this.#growBuckets()
    const slot = this.#pages.take()
    this.#write(slot, account, record)
    this.#linkToBucket(slot, this.#bucketOf(account.accountId, record.words))
    this.#linkToAccount(slot, account)
    this.#linkToAges(slot)
    this.#size++
  }

  /** All records with their accounts, the oldest first; restoring them in this order gives the same memory. */
  *entries(): Generator<readonly [AccountId, KeyRecord]> {
    try {
      yield* this.beginWalk(Infinity)
    } finally {
      this.endWalk()
    }
  }

  /** As `entries`, those up to the entry `sequence` as they are now, however long it takes: one that is let go
   *  before the walk has passed it is given back when it has. */
  beginWalk(sequence: number): Generator<readonly [AccountId, KeyRecord]> {
    assert(this.#walk === null, 'one walk is under way at a time')
    this.#walk = new KeyWalk(this.#pages, this.#oldest, sequence)
    return this.#passAll(this.#walk)
  }

  /** Wherever it has come to. */
  endWalk(): void {
    for (const slot of this.#walk?.kept() ?? []) this.#giveBack(slot)
    this.#walk = null
  }

  *#passAll(walk: KeyWalk): Generator<readonly [AccountId, KeyRecord]> {
    for (let slot = walk.next(); slot !== NO_SLOT; slot = walk.next()) {
      const entry = [this.#accountOf(slot).accountId, this.#read(slot)] as const
      if (walk.isLetGo) this.#giveBack(slot)
      yield entry
    }
  }

  #forget(slot: number, cut: AccountKeeper | null): void {
    const account = this.#accountOf(slot)
    cut?.keepAccount(account)
    const words = this.#readWords(slot)
    this.#unlinkFromBucket(slot, this.#bucketOf(account.accountId, words))
    this.#unlinkFromAccount(slot, account)
    this.#unlinkFromAges(slot)
    account.forgottenMs = Math.max(account.forgottenMs, wordsTimeMs(words))
    this.#size--
    if (this.#walk?.keeps(slot) !== true) this.#giveBack(slot)
  }

  #giveBack(slot: number): void {
    const more = this.#pages.word(slot, WORD.more)
    if (more !== NO_SLOT) this.#pages.giveBack(more)
    this.#pages.giveBack(slot)
  }

  #holds(slot: number, account: Account, words: KeyWords): boolean {
    const pages = this.#pages
    return (
      pages.word(slot, WORD.fourth) === words.fourth &&
      pages.word(slot, WORD.third) === words.third &&
      pages.word(slot, WORD.second) === words.second &&
      pages.word(slot, WORD.first) === words.first &&
      pages.number(slot, NUMBER.accountId) === account.accountId
    )
  }

  #accountOf(slot: number): Account {
    const account = this.#accounts.get(this.#pages.number(slot, NUMBER.accountId) as AccountId)
    assert(account !== undefined, 'a remembered key belongs to an account')
    return account
  }

  #read(slot: number): KeyRecord {
    const pages = this.#pages
    return {
      words: this.#readWords(slot),
      fingerprint: {
        high: pages.word(slot, WORD.printHigh),
        low: pages.word(slot, WORD.printLow),
      },
      sequence: pages.number(slot, NUMBER.sequence),
      answer: {
        code: pages.word(slot, WORD.code),
        given: pages.number(slot, NUMBER.given),
        givenToo: pages.number(slot, NUMBER.givenToo),
        more: this.#readMore(pages.word(slot, WORD.more)),
      },
    }
  }

  /** How many there are comes first. */
  #readMore(slot: number): readonly number[] {
    if (slot === NO_SLOT) return NO_MORE
    const count = this.#pages.number(slot, 0)
    return Array.from({ length: count }, (_, index) => this.#pages.number(slot, index + 1))
  }

  #writeMore(more: readonly number[]): number {
    if (more.length === 0) return NO_SLOT
    assert(more.length < MORE_NUMBERS_MAX, 'one more record holds all that an answer has')
    const slot = this.#pages.take()
    this.#pages.setNumber(slot, 0, more.length)
    for (const [index, value] of more.entries()) this.#pages.setNumber(slot, index + 1, value)
    return slot
  }

  #readWords(slot: number): KeyWords {
    return {
      first: this.#pages.word(slot, WORD.first),
      second: this.#pages.word(slot, WORD.second),
      third: this.#pages.word(slot, WORD.third),
      fourth: this.#pages.word(slot, WORD.fourth),
    }
  }

  #write(slot: number, account: Account, record: KeyRecord): void {
    const pages = this.#pages
    pages.setNumber(slot, NUMBER.accountId, account.accountId)
    pages.setNumber(slot, NUMBER.sequence, record.sequence)
    pages.setNumber(slot, NUMBER.given, record.answer.given)
    pages.setNumber(slot, NUMBER.givenToo, record.answer.givenToo)
    pages.setWord(slot, WORD.first, record.words.first)
    pages.setWord(slot, WORD.second, record.words.second)
    pages.setWord(slot, WORD.third, record.words.third)
    pages.setWord(slot, WORD.fourth, record.words.fourth)
    pages.setWord(slot, WORD.printHigh, record.fingerprint.high)
    pages.setWord(slot, WORD.printLow, record.fingerprint.low)
    pages.setWord(slot, WORD.code, record.answer.code)
    pages.setWord(slot, WORD.more, this.#writeMore(record.answer.more))
  }

  #linkToBucket(slot: number, bucket: number): void {
    this.#pages.setWord(slot, WORD.nextInBucket, this.#buckets[bucket] ?? NO_SLOT)
    this.#buckets[bucket] = slot
  }

  #unlinkFromBucket(slot: number, bucket: number): void {
    const next = this.#pages.word(slot, WORD.nextInBucket)
    let before = this.#buckets[bucket] ?? NO_SLOT
    if (before === slot) {
      this.#buckets[bucket] = next
      return
    }
    while (this.#pages.word(before, WORD.nextInBucket) !== slot)
      before = this.#pages.word(before, WORD.nextInBucket)
    this.#pages.setWord(before, WORD.nextInBucket, next)
  }

  #linkToAccount(slot: number, account: Account): void {
    this.#pages.setWord(slot, WORD.newerOfAccount, NO_SLOT)
    if (account.keyCount === 0) account.oldestKey = slot
    else this.#pages.setWord(account.newestKey, WORD.newerOfAccount, slot)
    account.newestKey = slot
    account.keyCount++
  }

  /** Only an account's oldest key is ever let go: it is also the first of them by age. */
  #unlinkFromAccount(slot: number, account: Account): void {
    assert(account.oldestKey === slot, 'keys are let go from the oldest on')
    account.oldestKey = this.#pages.word(slot, WORD.newerOfAccount)
    account.keyCount--
  }

  #linkToAges(slot: number): void {
    this.#pages.setWord(slot, WORD.older, this.#newest)
    this.#pages.setWord(slot, WORD.newer, NO_SLOT)
    if (this.#newest === NO_SLOT) this.#oldest = slot
    else this.#pages.setWord(this.#newest, WORD.newer, slot)
    this.#newest = slot
  }

  #unlinkFromAges(slot: number): void {
    const older = this.#pages.word(slot, WORD.older)
    const newer = this.#pages.word(slot, WORD.newer)
    if (older === NO_SLOT) this.#oldest = newer
    else this.#pages.setWord(older, WORD.newer, newer)
    if (newer === NO_SLOT) this.#newest = older
    else this.#pages.setWord(newer, WORD.older, older)
  }

  #growBuckets(): void {
    this.#buckets = new Int32Array(this.#buckets.length * 2)
    for (let slot = this.#oldest; slot !== NO_SLOT; slot = this.#pages.word(slot, WORD.newer)) {
      const accountId = this.#pages.number(slot, NUMBER.accountId)
      this.#linkToBucket(slot, this.#bucketOf(accountId, this.#readWords(slot)))
    }
  }

  #bucketOf(accountId: number, words: KeyWords): number {
    let hash = Math.imul(words.fourth ^ accountId, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 15) ^ words.third, 0xc2b2ae35)
    hash = Math.imul(hash ^ (hash >>> 13) ^ words.second, 0x27d4eb2f)
    hash = Math.imul(hash ^ (hash >>> 16) ^ words.first, 0x165667b1)
    return (hash ^ (hash >>> 15)) & (this.#buckets.length - 1)
  }
}
