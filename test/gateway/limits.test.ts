import { expect, test } from 'vitest'
import { RateLimits } from '../../gateway/admit/rate-limits.ts'
import { TokenBucket } from '../../gateway/admit/token-bucket.ts'

const SIZE = { perSecond: 10, burst: 20 }

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
  const sizes = {
    bids: SIZE,
    cancels: SIZE,
    queries: SIZE,
    commands: SIZE,
    anonymous: SIZE,
    registrations: SIZE,
  }
  const limits = new RateLimits(sizes, () => now)
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
