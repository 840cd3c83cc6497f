/** The last batch applied from each journal writer, so that an entry sent twice has effect once.
 *
 *  Invariant: the map is in the order of last use, which the snapshot keeps; the writer unheard of
 *  for longest is let go first. */
import type { Source } from '../schema/index.ts'

export class SourceMemory {
  readonly #sourcesMax: number
  readonly #lastBatches = new Map<Source, number>()

  constructor(sourcesMax: number) {
    this.#sourcesMax = sourcesMax
  }

  get size(): number {
    return this.#lastBatches.size
  }

  /** Takes note of a batch; false when it, or a later one of the same source, had come before. */
  admit(source: Source, batch: number): boolean {
    const last = this.#lastBatches.get(source)
    if (last === undefined && this.size >= this.#sourcesMax) this.#letGo()
    this.restore(source, Math.max(last ?? 0, batch))
    return batch > (last ?? 0)
  }

  /** Puts a source of a snapshot back, however many there are. */
  restore(source: Source, batch: number): void {
    this.#lastBatches.delete(source)
    this.#lastBatches.set(source, batch)
  }

  #letGo(): void {
    for (const longestUnheard of this.#lastBatches.keys()) {
      this.#lastBatches.delete(longestUnheard)
      break
    }
  }

  /** Each source with its last batch, the one unheard of for longest first. */
  entries(): Iterable<readonly [Source, number]> {
    return this.#lastBatches
  }
}
