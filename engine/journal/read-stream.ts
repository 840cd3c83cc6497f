/** Follows one stream from a position on, and never skips in silence.
 *
 *  The next read is under way while the last one is worked on. A position is checked when reading
 *  starts, after each reconnection (a server that came back may hold less, or another past) and, for
 *  streams whose entries do not name the one before, after any read that came late enough for trimming to
 *  have overtaken us: as long as the entry at our position is there, nothing after it was trimmed. */
import { ENTRIES_PER_READ_MAX } from '../../schema/limit.ts'
import { compareEntryIds, GENESIS } from '../../schema/entry.ts'
import type { EntryId } from '../../schema/entry.ts'
import { JournalForeign, JournalLost, MissedEntries, REMEDY } from './failure.ts'
import { entryIdOf } from './journal.ts'
import type { Journal } from './journal.ts'
import type { Link } from './link.ts'
import type { StoredEntry } from './stored-entry.ts'

/** Long enough to cost nothing when idle, short enough to notice a dead server. */
const BLOCK_MS = 1_000
/** A read that comes later than this after the one before may have been overtaken. */
const LATE_MS = 2 * BLOCK_MS

export interface ReadOptions<Entry> {
  /** The last entry already seen; GENESIS to begin at the beginning. */
  readonly from: EntryId
  /** Ends the reading: the promise resolves once `onEntries` has returned. */
  readonly signal: AbortSignal
  /** Gets entries in order, never none, and is waited for. What it throws ends the reading. */
  readonly onEntries: (entries: Entry[]) => void | Promise<void>
}

interface Stream {
  readonly name: string
  readonly key: string
  /** The entry at the position must be there, because nothing else proves that none was missed. */
  readonly needsAnchor: boolean
}

/** Resolves when the signal is aborted. Throws MissedEntries, or what `onEntries` throws. */
export async function readStream(
  journal: Journal,
  stream: Stream,
  { from, signal, onEntries }: ReadOptions<StoredEntry>,
): Promise<void> {
  const link = journal.openLink(BLOCK_MS)
  // However the reading ends, the read that is under way ends with it.
  const ended = new AbortController()
  const end = () => {
    ended.abort()
    journal.closeLink(link)
  }
  signal.addEventListener('abort', end)
  try {
    const reader = new Reader(journal, stream, link, from, ended.signal)
    let next = signal.aborted ? NONE : begin(reader)
    while (!signal.aborted) {
      const entries = await next
      next = signal.aborted ? NONE : begin(reader)
      if (entries.length > 0) await onEntries(entries)
    }
  } catch (error) {
    if (!signal.aborted || !(error instanceof JournalLost)) throw error
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

/** The next read is awaited a round later, or not at all when it is asked to stop meanwhile: until then
 *  its failure must not count as unhandled. */
function begin(reader: Reader): Promise<StoredEntry[]> {
  const next = reader.read()
  next.catch(() => {})
  return next
}

const NONE: Promise<StoredEntry[]> = Promise.resolve([])

class Reader {
  readonly #journal: Journal
  readonly #stream: Stream
  readonly #link: Link
  readonly #signal: AbortSignal
  #position: EntryId
  #openings = 0
  #readAtMs = performance.now()

  constructor(journal: Journal, stream: Stream, link: Link, from: EntryId, signal: AbortSignal) {
    this.#journal = journal
    this.#stream = stream
    this.#link = link
    this.#position = from
    this.#signal = signal
  }

  /** The entries after the position, perhaps none, and moves the position behind them. */
  async read(): Promise<StoredEntry[]> {
    const what = `reading ${this.#stream.name}`
    const entries = await this.#journal.persist(what, () => this.#attempt(), this.#signal)
    const last = entries.at(-1)
    if (last !== undefined) this.#position = entryIdOf(last[0])
    return entries
  }

  async #attempt(): Promise<StoredEntry[]> {
    const { key, needsAnchor } = this.#stream
    const size = ['COUNT', ENTRIES_PER_READ_MAX, 'BLOCK', BLOCK_MS]
    const answer = (await this.#link.call('XREAD', ...size, 'STREAMS', key, this.#position)) as
      [[Buffer, StoredEntry[]]] | null
    const entries = answer?.[0][1] ?? []
    const isReconnected = this.#openings !== this.#link.openings
    const isLate = performance.now() - this.#readAtMs > LATE_MS
    const isBehind = entries.length === ENTRIES_PER_READ_MAX
    if (isReconnected || (needsAnchor && (isLate || isBehind))) await this.#assertAnchored()
    this.#openings = this.#link.openings
    this.#readAtMs = performance.now()
    return entries
  }

  /** Throws MissedEntries when what follows on our position was trimmed, and JournalForeign when the entry
   *  at it is gone although older ones are there: this journal was put back to an earlier state. */
  async #assertAnchored(): Promise<void> {
    const { key, name, needsAnchor } = this.#stream
    const position = this.#position
    if (position === GENESIS) {
      if (needsAnchor && !(await isUntrimmed(this.#link, key))) throw trimmed(name, position)
      return
    }
    if (await hasEntry(this.#link, key, position)) return
    const oldest = await oldestId(this.#link, key)
    if (compareEntryIds(oldest, position) < 0)
      throw new JournalForeign(
        `the journal at ${this.#journal.where} has lost entries: we had come to ${position} of its ${name}, which is not there: ${REMEDY}`,
      )
    // An event names the one before it: its reader finds out by itself.
    if (needsAnchor) throw trimmed(name, position)
  }
}

function trimmed(name: string, position: EntryId): MissedEntries {
  return new MissedEntries(`${name} after ${position} have been trimmed: use a snapshot`)
}

/** The id of the newest entry; GENESIS for a stream that does not exist yet. */
export async function lastId(link: Pick<Link, 'call'>, key: string): Promise<EntryId> {
  const newest = (await link.call('XREVRANGE', key, '+', '-', 'COUNT', 1)) as StoredEntry[]
  return newest[0] === undefined ? GENESIS : entryIdOf(newest[0][0])
}

/** The id of the oldest entry that is still there; GENESIS for a stream that has none. */
export async function oldestId(link: Pick<Link, 'call'>, key: string): Promise<EntryId> {
  const oldest = (await link.call('XRANGE', key, '-', '+', 'COUNT', 1)) as StoredEntry[]
  return oldest[0] === undefined ? GENESIS : entryIdOf(oldest[0][0])
}

async function hasEntry(link: Link, key: string, id: EntryId): Promise<boolean> {
  const found = (await link.call('XRANGE', key, id, id)) as StoredEntry[]
  return found.length === 1
}

/** Everything that was ever appended is still there. */
export async function isUntrimmed(link: Pick<Link, 'call'>, key: string): Promise<boolean> {
  if ((await link.call('EXISTS', key)) === 0) return true
  const info = (await link.call('XINFO', 'STREAM', key)) as unknown[]
  const value = (name: string) => info[info.findIndex((item) => String(item) === name) + 1]
  return value('length') === value('entries-added')
}
