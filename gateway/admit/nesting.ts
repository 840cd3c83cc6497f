/** How deep JSON goes, looked at before it is read: a message of nothing but brackets would be made into as many
 *  lists before anybody could say that they are not wanted. */
import { NESTING_MAX } from '../../schema/index.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What is no JSON at all may pass: the reader says so. */
export function isNestedTooDeep(bytes: Uint8Array): boolean {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) at = endOfText(bytes, at)
    else if (isOpening(byte)) {
      if (++depth > NESTING_MAX) return true
    } else if (isClosing(byte)) depth--
  }
  return false
}

/** Where the text that begins at `at` ends. */
function endOfText(bytes: Uint8Array, at: number): number {
  let end = at + 1
  while (end < bytes.length && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1
  return end
}

/** `[` and `{`. */
function isOpening(byte: number): boolean {
  return byte === 0x5b || byte === 0x7b
}

function isClosing(byte: number): boolean {
  return byte === 0x5d || byte === 0x7d
}
