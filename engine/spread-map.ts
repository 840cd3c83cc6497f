/** A map from whole numbers, spread over many small maps: a single large one would stop the engine for
 *  tens of milliseconds each time it has to grow. */

const MAPS = 256

export class SpreadMap<Value> {
  readonly #maps = Array.from({ length: MAPS }, () => new Map<number, Value>())

  has(key: number): boolean {
    return this.#mapOf(key).has(key)
  }

  get(key: number): Value | undefined {
    return this.#mapOf(key).get(key)
  }

  set(key: number, value: Value): void {
    this.#mapOf(key).set(key, value)
  }

  /** Takes out what lies there. */
  take(key: number): Value | undefined {
    const map = this.#mapOf(key)
    const value = map.get(key)
    if (value !== undefined) map.delete(key)
    return value
  }

  *values(): Generator<Value> {
    for (const map of this.#maps) yield* map.values()
  }

  #mapOf(key: number): Map<number, Value> {
    const map = this.#maps[key % MAPS]
    if (map === undefined) throw new RangeError('keys count from 0')
    return map
  }
}
