/** Time as the client sees it; a test brings its own. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Milliseconds since some fixed moment: deadlines are counted in these, because the time of day can
   *  be set. */
  monotonicMs(): number
  /** Calls `then` once after `waitMs`; the function given back takes that back. */
  after(waitMs: number, then: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (waitMs, then) => {
    const timer = setTimeout(then, waitMs)
    return () => clearTimeout(timer)
  },
}
