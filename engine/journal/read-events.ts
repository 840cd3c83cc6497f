/** What came of it, in order and without gaps: each entry names the one before. */
import type { EntryId, EventEntry } from '../../schema/entry.ts'
import { MissedEntries } from './failure.ts'
import type { Journal } from './journal.ts'
import { readStream } from './read-stream.ts'
import type { ReadOptions } from './read-stream.ts'
import { readEventEntry, readEventHead } from './stored-entry.ts'
import type { EventHead, StoredEntry } from './stored-entry.ts'

/** Hands on every event entry after `from`. Throws MissedEntries when some were trimmed. */
export function readEvents(
  journal: Journal,
  { from, signal, onEntries }: ReadOptions<EventEntry>,
): Promise<void> {
  return readEventHeads(journal, {
    from,
    signal,
    onEntries: (heads) => onEntries(heads.map(readEventEntry)),
  })
}

/** The same with bodies unread, for those who only pass them on. */
export function readEventHeads(
  journal: Journal,
  { from, signal, onEntries }: ReadOptions<EventHead>,
): Promise<void> {
  const stream = { name: 'events', key: journal.keys.events, needsAnchor: false }
  let before: EntryId = from
  return readStream(journal, stream, {
    from,
    signal,
    onEntries: (stored) => {
      const heads = stored.map((entry: StoredEntry) => {
        const head = readEventHead(entry)
        if (head.previousId !== before)
          throw new MissedEntries(
            `event ${head.id} follows ${head.previousId}, we had come to ${before}: use a snapshot`,
          )
        before = head.id
        return head
      })
      return onEntries(heads)
    },
  })
}
