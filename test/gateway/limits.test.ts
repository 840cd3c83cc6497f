import { expect, test } from 'vitest'
import { RateLimits } from '../../gateway/admit/rate-limits.ts'
import { TokenBucket } from '../../gateway/admit/token-bucket.ts'
import { SignInGuard } from '../../gateway/person/sign-in-guard.ts'
import {
  SIGN_IN_FAILURES_FREE,
  SIGN_IN_FAILURES_FREE_PER_ADDRESS,
  SIGN_IN_WAIT_MS_MAX,
} from '../../schema/index.ts'

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

test('a few wrong passwords cost nothing, then each doubles the wait', () => {
  let now = 0
  const guard = new SignInGuard(() => now)
  for (let n = 0; n < SIGN_IN_FAILURES_FREE - 1; n++) guard.onFailure('a@b.example', '1')
  expect(guard.waitMs('a@b.example', '1')).toBe(0)
  guard.onFailure('A@b.example', '1')
  expect(guard.waitMs('a@B.example', '2')).toBe(1_000)
  guard.onFailure('a@b.example', '1')
  expect(guard.waitMs('a@b.example', '2')).toBe(2_000)
  expect(guard.waitMs('other@b.example', '1')).toBe(0)
  now = 2_000
  expect(guard.waitMs('a@b.example', '2')).toBe(0)
  guard.onSuccess('a@b.example')
  guard.onFailure('a@b.example', '1')
  expect(guard.waitMs('a@b.example', '2')).toBe(0)
})

test('one address that tries many names is slowed too, never for longer than the limit', () => {
  const guard = new SignInGuard(() => 0)
  for (let n = 0; n < SIGN_IN_FAILURES_FREE_PER_ADDRESS + 100; n++)
    guard.onFailure(`${n}@b.example`, '1')
  expect(guard.waitMs('new@b.example', '1')).toBe(SIGN_IN_WAIT_MS_MAX)
  expect(guard.waitMs('new@b.example', '2')).toBe(0)
})
