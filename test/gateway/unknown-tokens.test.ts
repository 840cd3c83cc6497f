/** Tokens that are nobody's cost a look each, and whoever makes them up runs out of those. */
import { beforeEach, expect, test } from 'vitest'
import { RateLimits } from '../../gateway/admit/rate-limits.ts'
import { bucketSizes, gatewaySettings } from '../../gateway/config.ts'
import { UnknownTokens } from '../../gateway/person/unknown-tokens.ts'
import {
  UNKNOWN_TOKEN_MS,
  UNKNOWN_TOKENS,
  UNKNOWN_TOKENS_BURST_MAX,
  UNKNOWN_TOKENS_KEPT_MAX,
  UNKNOWN_TOKENS_PER_SECOND_MAX,
} from '../../schema/index.ts'

let nowMs = 0
let unknown: UnknownTokens
beforeEach(() => {
  nowMs = 0
  const limits = new RateLimits(bucketSizes(gatewaySettings.parse({})), () => nowMs)
  unknown = new UnknownTokens(limits, () => nowMs)
})

/** How many of `tries` wrong tokens are looked up. */
function lookedUp(network: string, tries: number): number {
  let count = 0
  for (let n = 0; n < tries; n++)
    try {
      unknown.take(network)
      count++
    } catch {
      // Told to slow down.
    }
  return count
}

test('one network has so many at once and a few a second, and another is not held back', () => {
  expect(lookedUp('a', 10_000)).toBe(UNKNOWN_TOKENS_BURST_MAX)
  expect(lookedUp('b', 1)).toBe(1)
  nowMs = 1_000
  expect(lookedUp('a', 10_000)).toBe(UNKNOWN_TOKENS_PER_SECOND_MAX)
})

test('all networks together have so many', () => {
  let count = 0
  for (let n = 0; n < 100; n++) count += lookedUp(`n${n}`, 100)
  expect(count).toBe(UNKNOWN_TOKENS.burst)
  nowMs = 1_000
  expect(lookedUp('another', 100)).toBe(100)
})

test('a token that is somebody’s costs nothing, so a thousand people may come back at once', () => {
  for (let n = 0; n < 10_000; n++) {
    unknown.take('office')
    unknown.giveBack('office')
  }
})

test('one that was nobody’s is not looked up again for a while, and of those only so many are kept', () => {
  unknown.note('a')
  expect(unknown.has('a')).toBe(true)
  nowMs = UNKNOWN_TOKEN_MS
  expect(unknown.has('a')).toBe(false)
  unknown.note('b')
  for (let n = 0; n < UNKNOWN_TOKENS_KEPT_MAX; n++) unknown.note(`c${n}`)
  expect(unknown.has('b')).toBe(false)
})
