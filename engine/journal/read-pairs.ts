/** Both halves of each entry as they lie in the journal: what was asked and what came of it, for the
 *  one who writes them ahead into Postgres. */
import type { Digest, EntryId, Source } from '../../schema/entry.ts'
import type { Sequence } from '../../schema/unit.ts'
import { MissedEntries } from './failure.ts'
import { entryIdOf } from './journal.ts'
import type { Journal } from './journal.ts'
import { readEventHeads } from './read-events.ts'
import type { ReadOptions } from './read-stream.ts'
import { commandBodyOf } from './stored-entry.ts'
import type { EventHead, StoredEntry } from './stored-entry.ts'

export interface RawPair {
  readonly id: EntryId
  readonly sequence: Sequence
  readonly previousId: EntryId
  readonly digest: Digest
  readonly source: Source
  readonly batch: number
  readonly commandsBody: Buffer
  readonly eventsBody: Buffer
}

/** Hands on every entry after `from` that has been answered. Throws MissedEntries when some of
 *  either half were trimmed. */
export function readRawPairs(
  journal: Journal,
  { from, signal, onEntries }: ReadOptions<RawPair>,
): Promise<void> {
  return readEventHeads(journal, {
    from,
    signal,
    onEntries: async (heads) => {
      const what = 'reading pairs'
      const commands = await journal.persist(what, () => commandsOf(journal, heads), signal)
      await onEntries(heads.map((head, index) => pair(head, commands[index])))
    },
  })
}

async function commandsOf(journal: Journal, heads: readonly EventHead[]): Promise<StoredEntry[]> {
  const first = heads[0]?.id ?? '-'
  const last = heads.at(-1)?.id ?? '+'
  return (await journal.call('XRANGE', journal.keys.commands, first, last)) as StoredEntry[]
}

function pair(head: EventHead, command: StoredEntry | undefined): RawPair {
  if (command === undefined || entryIdOf(command[0]) !== head.id)
    throw new MissedEntries(`the commands of entry ${head.id} are no longer in the journal`)
  const { body, ...rest } = head
  return { ...rest, commandsBody: commandBodyOf(command), eventsBody: body }
}
