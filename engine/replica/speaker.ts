/** Says what came of each entry, when nobody has said it yet.
 *
 *  Among several engines one is first: it speaks at once. An engine that finds itself refused becomes
 *  second: it gives the first a moment, and only looks whether the digest agrees with its own, which
 *  saves encoding and sending what would be refused anyway. When nothing was said in that moment it
 *  speaks itself, so the death of the first is felt as a pause of that length. None of this is
 *  needed to be right: the script that appends lets only one of them win, whoever speaks. */
import type { EventEntry } from '../../schema/entry.ts'
import { pause } from '../host/backoff.ts'
import { appendEvents, isSaid } from '../journal/index.ts'
import type { Journal } from '../journal/index.ts'
import type { ReplicaMetrics } from './metrics.ts'

const LOOK_EVERY_MS = 2

export class Speaker {
  readonly #journal: Journal
  readonly #metrics: ReplicaMetrics
  readonly #signal: AbortSignal
  readonly #patienceMs: number
  /** It begins by listening: what it replays was mostly said long ago. */
  #isFirst = false

  constructor(journal: Journal, metrics: ReplicaMetrics, signal: AbortSignal, patienceMs: number) {
    this.#patienceMs = patienceMs
    this.#journal = journal
    this.#metrics = metrics
    this.#signal = signal
  }

  get isFirst(): boolean {
    return this.#isFirst
  }

  /** Resolves when the entries are said, by whoever. Throws Diverged when they were said differently,
   *  JournalLost when asked to stop during an outage. */
  async say(entries: readonly EventEntry[]): Promise<void> {
    const startMs = performance.now()
    const last = entries.at(-1)
    if (last === undefined) return
    if (!this.#isFirst && (await this.#isSaidSoon(last))) {
      this.#metrics.tally.seen += entries.length
      return
    }
    await this.#append(entries)
    this.#metrics.commitSeconds.observe((performance.now() - startMs) / 1e3)
  }

  async #isSaidSoon(last: EventEntry): Promise<boolean> {
    const startMs = performance.now()
    for (;;) {
      if (await this.#persist(() => isSaid(this.#journal, last))) return true
      if (performance.now() - startMs > this.#patienceMs || this.#signal.aborted) return false
      await pause(LOOK_EVERY_MS)
    }
  }

  async #append(entries: readonly EventEntry[]): Promise<void> {
    const { appended, refused } = await this.#persist(() => appendEvents(this.#journal, entries))
    this.#isFirst = appended > 0
    const { tally } = this.#metrics
    tally.isFirst = this.#isFirst
    tally.appended += appended
    tally.refused += refused
  }

  #persist<T>(work: () => Promise<T>): Promise<T> {
    return this.#journal.persist('answering', work, this.#signal)
  }
}
