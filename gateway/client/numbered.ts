/** Things numbered one after the other from 0, found by their number until they are taken out.
 *
 *  Not a `Map`: V8 links each table that a Map outgrew to the next one, so once one of them has reached
 *  the old generation all that passes through the Map stays until the next full collection. With
 *  thousands of requests a second that was what most pauses of a program went into. */
const LUMP = 1_024

export class Numbered<Item> {
  #items: (Item | null)[] = []
  /** The number of the first of `#items`, and how many from there on have been taken out. */
  #first = 0
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** From the oldest that is still here to the newest. */
  get span(): number {
    return this.#items.length - this.#head
  }

  /** The number of what is added next. */
  get next(): number {
    return this.#first + this.#items.length
  }

  add(item: Item): void {
    this.#items.push(item)
    this.#size++
  }

  get(number: number): Item | null {
    return this.#items[number - this.#first] ?? null
  }

  /** Takes one out that is here. */
  remove(number: number): void {
    this.#items[number - this.#first] = null
    this.#size--
    while (this.#head < this.#items.length && this.#items[this.#head] === null) this.#head++
    if (this.#head < LUMP && this.#size > 0) return
    this.#first += this.#head
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }

  clear(): void {
    this.#first = this.next
    this.#items = []
    this.#head = 0
    this.#size = 0
  }

  /** In the order of their numbers; they may be taken out meanwhile. */
  *values(): Generator<Item> {
    for (let number = this.#first + this.#head; number < this.next; number++) {
      const item = this.get(number)
      if (item !== null) yield item
    }
  }
}
