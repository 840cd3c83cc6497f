/** The caller's key of a command: a UUIDv7, unique per account for ever.
 *
 *  The same key gets the same answer back. It carries its own time in its first 48 bits (RFC 9562,
 *  5.7), which is what lets the engine forget old ones safely. */
import { z } from 'zod'

declare const keyBrand: unique symbol
export type Key = string & { readonly [keyBrand]: 'key' }

/** Lower case only: the same key must not come in two spellings. */
export const KEY_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Of its text. */
export const KEY_LENGTH = 36

export const keySchema = z.string().regex(KEY_PATTERN) as unknown as z.ZodType<Key, string>

/** The milliseconds since 1970 that the key was made at. */
export function keyTimeMs(key: Key): number {
  return Number.parseInt(key.slice(0, 8), 16) * 0x10000 + Number.parseInt(key.slice(9, 13), 16)
}

/** Makes a key from a time and 10 bytes of randomness (74 bits of them are used). */
export function keyFrom(timeMs: number, random: Uint8Array): Key {
  const time = timeMs.toString(16).padStart(12, '0')
  let hex = ''
  for (let index = 0; index < 10; index++) hex += HEX[random[index] ?? 0]
  const variant = '89ab'[(random[2] ?? 0) & 3]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(5, 8)}-${hex.slice(8)}` as Key
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
