/** Seeded randomness, so that a run that found something can be asked for again by `CHAOS_SEED=…`.
 *  The processes and the clock are real, so a seed repeats what was done, not every interleaving. */
export interface Random {
  readonly seed: number
  /** At least 0, below 1. */
  readonly next: () => number
  /** A whole number, both ends included. */
  readonly between: (low: number, high: number) => number
  readonly pick: <T>(from: readonly T[]) => T
  /** True once in `1 / share` times. */
  readonly chance: (share: number) => boolean
}

/** mulberry32: 32 bits of state, good enough to choose bids and victims. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    seed,
    next,
    between,
    pick: (from) => {
      const picked = from[between(0, from.length - 1)]
      if (picked === undefined) throw new Error('there is nothing to pick from')
      return picked
    },
    chance: (share) => next() < share,
  }
}

/** The seed of this run: `CHAOS_SEED`, or a new one. Printed, so that it can be given back. */
export function chaosRandom(of: string): Random {
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 31)
  process.stdout.write(`${of}: CHAOS_SEED=${seed}\n`)
  return seededRandom(seed)
}
