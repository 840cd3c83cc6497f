/** Lets go of what is safe elsewhere. */
import { setTimeout as wait } from 'node:timers/promises'
import { compareEntryIds, GENESIS } from '../../schema/entry.ts'
import type { EntryId } from '../../schema/entry.ts'
import { assert } from '../../schema/unit.ts'
import { entryIdOf } from './journal.ts'
import type { Journal } from './journal.ts'
import { lastId, oldestId } from './read-stream.ts'
import type { StoredEntry } from './stored-entry.ts'

/** Entries looked at in one step: an exact trim of 16,000 large entries holds Redis up for 56 ms. */
const TRIM_STEP_ENTRIES = 100
/** Between steps, so that trimming never takes more than a small share of Redis. */
const TRIM_PAUSE_MS = 5

/** Trims both streams up to `id`, save for less than a step: the entry at `id` and all after it stay,
 *  because a reader that starts there proves by it that it missed nothing. The caller knows that
 *  everything before is written ahead and covered by a kept snapshot. Returns the number of entries
 *  removed. */
export async function trimTo(journal: Journal, id: EntryId): Promise<number> {
  let removed = 0
  for (const key of [journal.keys.events, journal.keys.commands]) {
    const newest = await lastId(journal, key)
    assert(compareEntryIds(id, newest) <= 0, `trimming to ${id} would empty ${key}`)
    removed += await trimStream(journal, key, id)
  }
  return removed
}

/** The oldest entry of each stream that is still there; none of a stream without entries. */
export async function oldestEntries(journal: Journal): Promise<readonly EntryId[]> {
  const { events, commands } = journal.keys
  const ids = await Promise.all([events, commands].map((key) => oldestId(journal, key)))
  return ids.filter((id) => id !== GENESIS)
}

async function trimStream(journal: Journal, key: string, id: EntryId): Promise<number> {
  for (let removed = 0; ; await wait(TRIM_PAUSE_MS)) {
    const step = (await trimNodes(journal, key, id)) || (await trimEntries(journal, key, id))
    if (step === 0) return removed
    removed += step
  }
}

/** Whole nodes of the stream, which costs Redis least. */
async function trimNodes(journal: Journal, key: string, id: EntryId): Promise<number> {
  const limit = ['MINID', '~', id, 'LIMIT', TRIM_STEP_ENTRIES]
  return (await journal.call('XTRIM', key, ...limit)) as number
}

/** One by one, when a whole step of them is left: from a node that is larger than a step, as a server of
 *  other settings has written it, `~` takes nothing, and says so by no more than a 0. */
async function trimEntries(journal: Journal, key: string, id: EntryId): Promise<number> {
  const count = TRIM_STEP_ENTRIES + 1
  const before = ['-', `(${id}`, 'COUNT', count]
  const left = (await journal.call('XRANGE', key, ...before)) as StoredEntry[]
  const first = left[TRIM_STEP_ENTRIES]
  if (first === undefined) return 0
  return (await journal.call('XTRIM', key, 'MINID', entryIdOf(first[0]))) as number
}
