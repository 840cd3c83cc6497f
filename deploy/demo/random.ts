/** Chance that can be repeated: the same seed draws the same numbers. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** In [0, 1). Mulberry32: 32 bits of state, good enough for habits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  /** One value of a table of `[weight, value]`. */
  weighed<Value>(table: readonly (readonly [weight: number, value: Value])[]): Value {
    const total = table.reduce((sum, [weight]) => sum + weight, 0)
    let left = this.next() * total
    for (const [weight, value] of table) {
      left -= weight
      if (left < 0) return value
    }
    return this.pick(table)[1]
  }
}
