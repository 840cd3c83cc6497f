/** What was asked, in order. */
import type { CommandEntry } from '../../schema/entry.ts'
import { assertInTime } from './clock.ts'
import type { Journal } from './journal.ts'
import { readStream } from './read-stream.ts'
import type { ReadOptions } from './read-stream.ts'
import { readCommandEntry } from './stored-entry.ts'
import type { StoredEntry } from './stored-entry.ts'

/** Hands on every command entry after `from`, up to the first on which nobody may act: for that one throws
 *  EntryUnreadable, EntryTooNew or EntryOutOfTime, once `onEntries` is done with those before it. Throws MissedEntries
 *  when some were trimmed. */
export function readCommands(
  journal: Journal,
  { from, signal, onEntries }: ReadOptions<CommandEntry>,
): Promise<void> {
  const stream = { name: 'commands', key: journal.keys.commands, needsAnchor: true }
  return readStream(journal, stream, {
    from,
    signal,
    onEntries: async (stored) => {
      const { entries, fault } = readSound(stored)
      if (entries.length > 0) await onEntries(entries)
      if (fault !== null) throw fault.error
    },
  })
}

/** Those before the first that is not sound, which would otherwise never be answered: they are read together with
 *  it after every start. */
function readSound(stored: readonly StoredEntry[]): {
  readonly entries: CommandEntry[]
  readonly fault: { readonly error: unknown } | null
} {
  const entries: CommandEntry[] = []
  for (const one of stored)
    try {
      const entry = readCommandEntry(one)
      assertInTime(entry)
      entries.push(entry)
    } catch (error) {
      return { entries, fault: { error } }
    }
  return { entries, fault: null }
}
