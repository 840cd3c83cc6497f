import type { Pace } from './pace.ts'

/** Changes by key that wait for their moment: the newest of each key, applied all at once. */
export class Latest<Key, Change> {
  readonly #pace: Pace
  readonly #merge: (older: Change, newer: Change) => Change
  readonly #apply: (changes: ReadonlyMap<Key, Change>) => void
  #waiting = new Map<Key, Change>()
  #isAsked = false

  constructor(
    pace: Pace,
    merge: (older: Change, newer: Change) => Change,
    apply: (changes: ReadonlyMap<Key, Change>) => void,
  ) {
    this.#pace = pace
    this.#merge = merge
    this.#apply = apply
  }

  /** Keys with a change that is not shown yet. */
  get size(): number {
    return this.#waiting.size
  }

  add(key: Key, change: Change): void {
    const older = this.#waiting.get(key)
    this.#waiting.set(key, older === undefined ? change : this.#merge(older, change))
    if (this.#isAsked) return
    this.#isAsked = true
    this.#pace.soon(() => this.#flush())
  }

  /** Forgets what waits: a snapshot has replaced it. */
  clear(): void {
    this.#waiting.clear()
  }

  #flush(): void {
    this.#isAsked = false
    if (this.#waiting.size === 0) return
    const changes = this.#waiting
    this.#waiting = new Map()
    this.#apply(changes)
  }
}
