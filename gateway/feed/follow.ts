/** Keeps a feed at the end of the journal: the newest snapshot first, then every entry after it. When
 *  entries were trimmed before they were read, from the snapshot again. */
import { GENESIS } from '../../schema/index.ts'
import type { EntryId, EventEntry } from '../../schema/index.ts'
import { readMarket } from '../../engine/index.ts'
import type { Log } from '../../engine/host/index.ts'
import { loadNewestSnapshot, MissedEntries, readEvents } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import type { ViewStart } from './view.ts'

interface Following {
  readonly journal: Journal
  readonly log: Log
  readonly signal: AbortSignal
  /** A new beginning: everything known before is out of date. */
  readonly onStart: (start: ViewStart | null) => void
  readonly onEntries: (entries: readonly EventEntry[]) => void
}

/** Resolves when the signal is aborted. Throws what `onStart` and `onEntries` throw. */
export async function followMarket(following: Following): Promise<void> {
  const { journal, log, signal, onEntries } = following
  while (!signal.aborted) {
    const from = await start(following)
    try {
      await readEvents(journal, { from, signal, onEntries })
    } catch (error) {
      if (!(error instanceof MissedEntries)) throw error
      log.warn({ at: 'feed-missed-entries', error })
    }
  }
}

async function start({ journal, log, signal, onStart }: Following): Promise<EntryId> {
  const found = await journal.persist('loading', () => loadNewestSnapshot(journal), signal)
  if (found === null) {
    onStart(null)
    return GENESIS
  }
  const { meta, accounts, listings, bids } = readMarket(found.chunks)
  onStart({
    sequence: meta.sequence,
    epochMs: meta.epochMs,
    accounts,
    listings,
    // What an open bid brought in before parts of it were outbid is in the records only.
    bids: bids.map((bid) => ({ ...bid, placedMinor: bid.acceptedMinor })),
  })
  log.info({
    at: 'feed-start',
    sequence: meta.sequence,
    listings: listings.length,
    bids: bids.length,
  })
  return meta.id
}
