/** Keeps a feed at the end of the journal: the newest snapshot that is sound first, then every entry after
 *  it. When entries were trimmed before they were read, from the snapshot again. */
import { compareEntryIds, GENESIS } from '../../schema/index.ts'
import type { EntryId, EventEntry } from '../../schema/index.ts'
import { loadStateAt, readMarket } from '../../engine/index.ts'
import type { SnapshotChunk, SnapshotMarket } from '../../engine/index.ts'
import type { Log } from '../../engine/host/index.ts'
import {
  assertFromBeginning,
  lastId,
  loadNewestSnapshot,
  MissedEntries,
  readEvents,
} from '../../engine/journal/index.ts'
import type { Journal, SnapshotHead } from '../../engine/journal/index.ts'
import type { ViewStart } from './view.ts'

interface Following {
  readonly journal: Journal
  readonly log: Log
  readonly signal: AbortSignal
  /** A new beginning: everything known before is out of date. Entries up to `from` are not read. */
  readonly onStart: (start: ViewStart | null, from: EntryId) => void
  readonly onEntries: (entries: readonly EventEntry[]) => void
  /** After each beginning, once all that had happened by then has been handed on: what is told before is
   *  as old as the snapshot. */
  readonly onCaughtUp: () => void
}

/** Resolves when the signal is aborted. Throws what its handlers throw. */
export async function followMarket(following: Following): Promise<void> {
  const { journal, log, signal } = following
  while (!signal.aborted) {
    const from = await start(following)
    const end = await journal.persist('loading', () => lastId(journal, journal.keys.events), signal)
    const onEntries = untilCaughtUp(following, from, end)
    try {
      await readEvents(journal, { from, signal, onEntries })
    } catch (error) {
      if (!(error instanceof MissedEntries)) throw error
      log.warn({ at: 'feed-missed-entries', error })
    }
  }
}

/** Hands entries on, and says once that the one at `end` was among them. */
function untilCaughtUp(
  { onEntries, onCaughtUp }: Following,
  from: EntryId,
  end: EntryId,
): Following['onEntries'] {
  let isBehind = true
  const note = (at: EntryId) => {
    if (!isBehind || compareEntryIds(at, end) < 0) return
    isBehind = false
    onCaughtUp()
  }
  note(from)
  return (entries) => {
    onEntries(entries)
    const last = entries.at(-1)
    if (last !== undefined) note(last.id)
  }
}

async function start({ journal, log, signal, onStart }: Following): Promise<EntryId> {
  const load = () => loadNewestSnapshot(journal, provenMarket)
  const market = await journal.persist('loading', load, signal)
  if (market === null) {
    await journal.persist('loading', () => assertFromBeginning(journal), signal)
    onStart(null, GENESIS)
    return GENESIS
  }
  const { meta, listings, bids } = market
  onStart(viewStartOf(market), meta.id)
  log.info({
    at: 'feed-start',
    sequence: meta.sequence,
    listings: listings.length,
    bids: bids.length,
  })
  return meta.id
}

/** One that nobody has loaded yet may be anything: whether it is what it says only an engine's state tells. */
function provenMarket(chunks: readonly SnapshotChunk[], head: SnapshotHead): SnapshotMarket {
  if (head.isSound !== true) loadStateAt(chunks, head)
  return readMarket(chunks)
}

/** What a view starts from. What an open bid brought in before parts of it were outbid, or before it was
 *  amended, is in the records only. */
export function viewStartOf({ meta, accounts, listings, bids }: SnapshotMarket): ViewStart {
  const { sequence, epochMs } = meta
  const placed = bids.map((bid) => {
    const { place: _place, acceptedMinor, ratePpm, ...facts } = bid
    const atFirst = { placedMinor: acceptedMinor, placedRatePpm: ratePpm }
    return { ...facts, acceptedMinor, ratePpm, ...atFirst }
  })
  return { sequence, epochMs, accounts, listings, bids: placed }
}
