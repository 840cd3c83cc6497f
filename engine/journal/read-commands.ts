/** What was asked, in order. */
import type { CommandEntry } from '../../schema/entry.ts'
import type { Journal } from './journal.ts'
import { readStream } from './read-stream.ts'
import type { ReadOptions } from './read-stream.ts'
import { readCommandEntry } from './stored-entry.ts'

/** Hands on every command entry after `from`. Throws MissedEntries when some were trimmed. */
export function readCommands(
  journal: Journal,
  { from, signal, onEntries }: ReadOptions<CommandEntry>,
): Promise<void> {
  const stream = { name: 'commands', key: journal.keys.commands, needsAnchor: true }
  return readStream(journal, stream, {
    from,
    signal,
    onEntries: (stored) => onEntries(stored.map(readCommandEntry)),
  })
}
