/** The plain way to keep a bid: one durable append each to the same Redis, pipelined over as many
 *  connections as there are investors. No sockets between, no matching, no events, no ledger: what the
 *  disk, Redis and this machine give at that moment, and what everything else has to be measured by. */
import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { openLoop } from './open-loop.ts'
import type { Paced, Shape } from './open-loop.ts'

const STREAM = 'plain-bids'
/** What a bid takes in an entry of the journal. */
const BID_BYTES = 53
/** Enough for the newest; nobody reads them. */
const ENTRIES_KEPT = 100_000

export class PlainAppends {
  readonly #connections: readonly Redis[]
  readonly #bid = randomBytes(BID_BYTES)

  constructor(journalUrl: string, connections: number) {
    this.#connections = Array.from({ length: connections }, () => new Redis(journalUrl))
  }

  /** Closed loop with `inFlight` appends unanswered on each connection. @returns appends a second */
  async saturate(inFlight: number, durationMs: number): Promise<number> {
    const startedAt = performance.now()
    const endsAt = startedAt + durationMs
    let count = 0
    const lane = async (redis: Redis): Promise<void> => {
      for (; performance.now() < endsAt; count++) await this.#append(redis)
    }
    await Promise.all(
      this.#connections.flatMap((redis) => Array.from({ length: inFlight }, () => lane(redis))),
    )
    return Math.round(count / ((performance.now() - startedAt) / 1000))
  }

  pace(shape: Shape): Promise<Paced> {
    return openLoop(
      this.#connections.map((redis) => () => this.#append(redis)),
      shape,
    )
  }

  async stop(): Promise<void> {
    await this.#connections[0]?.unlink(STREAM)
    for (const redis of this.#connections) redis.disconnect()
  }

  async #append(redis: Redis): Promise<void> {
    await redis.xadd(STREAM, 'MAXLEN', '~', ENTRIES_KEPT, '*', 'b', this.#bid)
  }
}
