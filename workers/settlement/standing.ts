/** Whether settlement goes on, as anyone can see who reads the database and the journal: the settler that
 *  works, and those that stand by, which is how a settler that hangs is told of. */
import type { Pool } from 'pg'
import { compareEntryIds } from '../../schema/entry.ts'
import { Progress } from '../../engine/host/index.ts'
import { lastId } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { readCursor } from './cursor.ts'

export class Standing {
  readonly #recording = new Progress('recording')
  readonly #posting = new Progress('posting')
  readonly #pool: Pool
  readonly #journal: Journal

  constructor(pool: Pool, journal: Journal) {
    this.#pool = pool
    this.#journal = journal
  }

  readiness(): readonly string[] {
    return [...this.#recording.readiness(), ...this.#posting.readiness()]
  }

  async look(): Promise<void> {
    const recorded = await readCursor(this.#pool, 'recorded')
    const settled = await readCursor(this.#pool, 'settled')
    this.#posting.note({
      isWaiting: settled.sequence < recorded.sequence,
      reached: settled.sequence,
    })
    const end = await lastId(this.#journal, this.#journal.keys.events)
    this.#recording.note({
      isWaiting: compareEntryIds(recorded.id, end) < 0,
      reached: recorded.sequence,
    })
  }
}
