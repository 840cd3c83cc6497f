/** A queue that is read at its head and forgets in lumps: a hundred thousand waiters cost nothing to
 *  shift. */
const LUMP = 1_024

export class Waiting<Item> {
  #items: (Item | undefined)[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  get first(): Item | undefined {
    return this.#items[this.#head]
  }

  add(item: Item): void {
    this.#items.push(item)
  }

  shift(): void {
    // What has left is not kept alive by the place it had.
    this.#items[this.#head++] = undefined
    if (this.#head < LUMP && this.#head < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }

  /** Takes items from the head for as long as `isDue`. */
  shiftWhile(isDue: (item: Item) => boolean, then: (item: Item) => void): void {
    for (let first = this.first; first !== undefined && isDue(first); first = this.first) {
      this.shift()
      then(first)
    }
  }
}
