/** The newest few of a stream, oldest first. Let-go ones are cut off in lumps, so that adding is cheap. */
export class Newest<Item> {
  readonly #max: number
  #items: Item[] = []

  constructor(max: number) {
    this.#max = max
  }

  /** How many were ever added. */
  added = 0

  add(item: Item): void {
    this.added++
    if (this.#items.push(item) > 2 * this.#max) this.#items = this.#items.slice(-this.#max)
  }

  /** At most `count` of them, oldest first. */
  last(count: number): readonly Item[] {
    return count <= 0 ? [] : this.#items.slice(-Math.min(count, this.#max))
  }

  /** What was added after `added` was at `mark`, as far as it is kept, oldest first. */
  since(mark: number): readonly Item[] {
    return this.last(this.added - mark)
  }
}
