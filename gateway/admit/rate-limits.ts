/** How often who may ask for what. A bucket is made when it is first needed and forgotten when it is
 *  full again, so their number is bounded by who was busy in the last seconds. */
import { BUCKET_NAMES } from '../../schema/index.ts'
import type { BucketName } from '../../schema/index.ts'
import { TokenBucket } from './token-bucket.ts'
import type { BucketSize } from './token-bucket.ts'

export type BucketSizes = Readonly<Record<BucketName, BucketSize>>

export class RateLimits {
  readonly #sizes: BucketSizes
  readonly #now: () => number
  readonly #buckets: Readonly<Record<BucketName, Map<string | number, TokenBucket>>>
  /** Refusals by bucket, for the metrics. */
  readonly limited: Record<BucketName, number>

  constructor(sizes: BucketSizes, now: () => number) {
    this.#sizes = sizes
    this.#now = now
    this.#buckets = ofEachBucket(() => new Map<string | number, TokenBucket>())
    this.limited = ofEachBucket(() => 0)
  }

  /** Whose `owner` is what the name says: an account, or an address for those not signed in. */
  bucket(name: BucketName, owner: string | number): TokenBucket {
    const buckets = this.#buckets[name]
    let bucket = buckets.get(owner)
    if (bucket === undefined)
      buckets.set(owner, (bucket = new TokenBucket(this.#sizes[name], this.#now())))
    return bucket
  }

  /** @returns 0 when taken, otherwise how long to wait */
  take(name: BucketName, owner: string | number, count: number): number {
    const waitMs = this.bucket(name, owner).take(count, this.#now())
    if (waitMs > 0) this.limited[name]++
    return waitMs
  }

  sweep(): void {
    const now = this.#now()
    for (const buckets of Object.values(this.#buckets))
      for (const [owner, bucket] of buckets) if (bucket.isFull(now)) buckets.delete(owner)
  }
}

function ofEachBucket<Made>(make: () => Made): Record<BucketName, Made> {
  return Object.fromEntries(BUCKET_NAMES.map((name) => [name, make()])) as Record<BucketName, Made>
}
