/** Lets go of what is safe elsewhere. */
import { setTimeout as wait } from 'node:timers/promises'
import { compareEntryIds } from '../../schema/entry.ts'
import type { EntryId } from '../../schema/entry.ts'
import { assert } from '../../schema/unit.ts'
import type { Journal } from './journal.ts'
import { lastId } from './read-stream.ts'

/** Entries looked at in one step: an exact trim of 16,000 large entries holds Redis up for 56 ms. */
const TRIM_STEP_ENTRIES = 100
/** Between steps, so that trimming never takes more than a small share of Redis. */
const TRIM_PAUSE_MS = 5

/** Trims both streams up to `id`, roughly: the entry at `id` and all after it stay, because a reader
 *  that starts there proves by it that it missed nothing. The caller knows that everything before
 *  is written ahead and covered by a kept snapshot. Returns the number of entries removed. */
export async function trimTo(journal: Journal, id: EntryId): Promise<number> {
  let removed = 0
  for (const key of [journal.keys.events, journal.keys.commands]) {
    const newest = await lastId(journal, key)
    assert(compareEntryIds(id, newest) <= 0, `trimming to ${id} would empty ${key}`)
    removed += await trimStream(journal, key, id)
  }
  return removed
}

async function trimStream(journal: Journal, key: string, id: EntryId): Promise<number> {
  for (let removed = 0; ; await wait(TRIM_PAUSE_MS)) {
    const limit = ['MINID', '~', id, 'LIMIT', TRIM_STEP_ENTRIES]
    const step = (await journal.call('XTRIM', key, ...limit)) as number
    if (step === 0) return removed
    removed += step
  }
}
