import { expect, test } from 'vitest'
import { RateLimits } from '../../gateway/admit/rate-limits.ts'
import type { BucketSizes } from '../../gateway/admit/rate-limits.ts'
import { TokenBucket } from '../../gateway/admit/token-bucket.ts'
import {
  BUCKET_NAMES,
  LIMITED_BURST_MAX,
  LIMITED_PER_SECOND_MAX,
  LIMITED_RETURN,
} from '../../schema/index.ts'

const SIZE = { perSecond: 10, burst: 20 }
const SIZES = Object.fromEntries(BUCKET_NAMES.map((name) => [name, SIZE])) as BucketSizes

test('a bucket gives its burst at once and then as much as flows in', () => {
  const bucket = new TokenBucket(SIZE, 0)
  expect(bucket.take(20, 0)).toBe(0)
  expect(bucket.take(1, 0)).toBe(100)
  expect(bucket.take(1, 99)).toBe(1)
  expect(bucket.take(1, 100)).toBe(0)
  expect(bucket.state(100)).toEqual({ left: 0, resetMs: 2_000 })
})

test('waiting as long as the refusal says is enough', () => {
  const bucket = new TokenBucket(SIZE, 0)
  bucket.take(20, 0)
  const waitMs = bucket.take(7, 0)
  expect(bucket.take(7, waitMs)).toBe(0)
})

test('more than the burst is taken from a full bucket, which then owes the rest', () => {
  const bucket = new TokenBucket(SIZE, 0)
  expect(bucket.take(50, 0)).toBe(0)
  expect(bucket.take(1, 2_999)).toBeGreaterThan(0)
  expect(bucket.take(1, 3_100)).toBe(0)
})

test('a clock that goes back gives nothing', () => {
  const bucket = new TokenBucket(SIZE, 1_000)
  bucket.take(20, 1_000)
  expect(bucket.take(1, 0)).toBe(100)
})

test('accounts and kinds of requests have buckets of their own, and idle ones are forgotten', () => {
  let now = 0
  const limits = new RateLimits(SIZES, () => now)
  limits.take('bids', 1, 20)
  expect(limits.take('bids', 1, 1)).toBeGreaterThan(0)
  expect(limits.take('cancels', 1, 1)).toBe(0)
  expect(limits.take('bids', 2, 1)).toBe(0)
  expect(limits.limited.bids).toBe(1)
  const busy = limits.bucket('bids', 1)
  now = 2_000
  limits.sweep()
  expect(limits.bucket('bids', 1)).not.toBe(busy)
})

test('who goes on after being told to slow down is closed, however much is let through in between', () => {
  let now = 0
  const limits = new RateLimits(SIZES, () => now)
  for (let n = 0; n < LIMITED_BURST_MAX - 1; n++) limits.noteLimited('network', 1)
  expect(limits.isOut('network')).toBe(false)
  expect(limits.take('anonymous', 'network', 1)).toBe(0)
  limits.noteLimited('network', 1)
  expect(limits.isOut('network')).toBe(true)
  expect(limits.isOut('another')).toBe(false)
  const untilBackMs = (1_000 * LIMITED_RETURN) / LIMITED_PER_SECOND_MAX
  now = untilBackMs - 1
  expect(limits.isOut('network')).toBe(true)
  now = untilBackMs
  expect(limits.isOut('network')).toBe(false)
  limits.noteLimited('network', 10 * LIMITED_BURST_MAX)
  now = 100_000_000
  limits.sweep()
  expect(limits.isOut('network')).toBe(false)
})
