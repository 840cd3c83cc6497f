/** A key as four signed words of 32 bits: what its text says in half the memory, quick to compare. */
import { assert, KEY_LENGTH } from '../../schema/index.ts'
import type { Key } from '../../schema/index.ts'

export interface KeyWords {
  readonly first: number
  readonly second: number
  readonly third: number
  readonly fourth: number
}

/** Reads the text of a UUID: 8, 4, 4, 4 and 12 hex digits with a dash between. */
export function keyWords(key: Key): KeyWords {
  assert(key.length === KEY_LENGTH, 'a key has 36 characters')
  return {
    first: (digits(key, 0) << 16) | digits(key, 4),
    second: (digits(key, 9) << 16) | digits(key, 14),
    third: (digits(key, 19) << 16) | digits(key, 24),
    fourth: (digits(key, 28) << 16) | digits(key, 32),
  }
}

/** The milliseconds that a UUIDv7 carries in its first 48 bits. */
export function wordsTimeMs(words: KeyWords): number {
  return (words.first >>> 0) * 0x1_0000 + (words.second >>> 16)
}

/** Four hex digits of `key` from `start` on. */
function digits(key: Key, start: number): number {
  return (
    (digit(key.charCodeAt(start)) << 12) |
    (digit(key.charCodeAt(start + 1)) << 8) |
    (digit(key.charCodeAt(start + 2)) << 4) |
    digit(key.charCodeAt(start + 3))
  )
}

/** `0`–`9` are 48–57, `a`–`f` are 97–102. */
function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87
}
