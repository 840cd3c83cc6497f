/** Time as the client sees it; a test brings its own. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Calls `then` once after `waitMs`; the function given back takes that back. */
  after(waitMs: number, then: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (waitMs, then) => {
    const timer = setTimeout(then, waitMs)
    return () => clearTimeout(timer)
  },
}
