/** How often who may ask for what. A bucket is made when it is first needed and forgotten when it is
 *  full again, so their number is bounded by who was busy in the last seconds. */
import { BUCKET_NAMES } from '../../schema/index.ts'
import type { BucketName } from '../../schema/index.ts'
import { Patience } from './patience.ts'
import { TokenBucket } from './token-bucket.ts'
import type { BucketSize } from './token-bucket.ts'

export type BucketSizes = Readonly<Record<BucketName, BucketSize>>

/** An account, or a network of those not signed in. */
export type Owner = string | number

export class RateLimits {
  readonly #sizes: BucketSizes
  readonly #now: () => number
  readonly #buckets: Readonly<Record<BucketName, Map<Owner, TokenBucket>>>
  /** With owners who were told to slow down. Not with a connection: whoever is closed would come back with all of
   *  it. */
  readonly #patience = new Map<Owner, Patience>()
  /** Refusals by bucket, for the metrics. */
  readonly limited: Record<BucketName, number>

  constructor(sizes: BucketSizes, now: () => number) {
    this.#sizes = sizes
    this.#now = now
    this.#buckets = ofEachBucket(() => new Map<Owner, TokenBucket>())
    this.limited = ofEachBucket(() => 0)
  }

  /** Whose `owner` is what the name says. */
  bucket(name: BucketName, owner: Owner): TokenBucket {
    const buckets = this.#buckets[name]
    let bucket = buckets.get(owner)
    if (bucket === undefined)
      buckets.set(owner, (bucket = new TokenBucket(this.#sizes[name], this.#now())))
    return bucket
  }

  /** @returns 0 when taken, otherwise how long to wait */
  take(name: BucketName, owner: Owner, count: number): number {
    const waitMs = this.bucket(name, owner).take(count, this.#now())
    if (waitMs > 0) this.limited[name]++
    return waitMs
  }

  /** Something of this price was refused for asking too often. */
  noteLimited(owner: Owner, price: number): void {
    let patience = this.#patience.get(owner)
    if (patience === undefined) this.#patience.set(owner, (patience = new Patience(this.#now())))
    patience.lose(price, this.#now())
  }

  /** Goes on asking too often: is to be closed. */
  isOut(owner: Owner): boolean {
    return this.#patience.get(owner)?.isOut(this.#now()) ?? false
  }

  sweep(): void {
    const now = this.#now()
    for (const buckets of [...Object.values(this.#buckets), this.#patience])
      for (const [owner, bucket] of buckets) if (bucket.isFull(now)) buckets.delete(owner)
  }
}

function ofEachBucket<Made>(make: () => Made): Record<BucketName, Made> {
  return Object.fromEntries(BUCKET_NAMES.map((name) => [name, make()])) as Record<BucketName, Made>
}
