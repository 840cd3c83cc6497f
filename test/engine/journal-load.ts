/** A writer that never rests, and remembers what it was told is on disk. */
import { setTimeout as wait } from 'node:timers/promises'
import { CommandWriter } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import type { EntryId } from '../../schema/index.ts'
import type { Acknowledged } from './journal-checker.ts'
import type { Story } from './journal-fixture.ts'

/** Enough to be in the middle of an entry at any kill; more would only be replayed longer. */
const PAUSE_MS = 3

/** Writes entry after entry, a few hundred a second, until told to stop. */
export class Load {
  readonly acknowledged: (Acknowledged & { readonly id: EntryId })[] = []
  readonly #writer: CommandWriter
  readonly #story: Story
  readonly #writing: Promise<EntryId>
  #isOver = false

  constructor(target: Journal, story: Story, perEntry: number) {
    this.#writer = new CommandWriter(target)
    this.#story = story
    this.#writing = this.#write(perEntry)
  }

  /** The last entry. */
  async stop(): Promise<EntryId> {
    this.#isOver = true
    return this.#writing
  }

  async #write(perEntry: number): Promise<EntryId> {
    for (;;) {
      const { id, batch } = await this.#writer.append(this.#story.bids(perEntry))
      this.acknowledged.push({ source: this.#writer.source, batch, id })
      if (this.#isOver) return id
      await wait(PAUSE_MS)
    }
  }
}
