/** What settlement does for the journal's Redis: finds out which of the engine's snapshots are sound,
 *  copies those to Postgres, and trims the streams behind what is safe elsewhere.
 *
 *  A snapshot that nobody has loaded is a promise. It counts once it was loaded here and has come to the
 *  digest that the record has at its entry; one that has not is neither archived nor trimmed behind. */
import { SNAPSHOTS_ARCHIVED, TRIM_BEHIND_ENTRIES_MAX } from '../../schema/limit.ts'
import { compareEntryIds } from '../../schema/entry.ts'
import type { EntryId } from '../../schema/entry.ts'
import { assert } from '../../schema/unit.ts'
import { loadStateAtInSteps } from '../../engine/index.ts'
import { messageOf, pause, runInTurns } from '../../engine/host/index.ts'
import type { Database, Log } from '../../engine/host/index.ts'
import {
  assertOfMarket,
  listSnapshots,
  loadSnapshot,
  markSound,
  noteUnusable,
  oldestEntries,
  readChunk,
  readStored,
  recordRules,
  trimTo,
} from '../../engine/journal/index.ts'
import type { Journal, SnapshotHead } from '../../engine/journal/index.ts'
import { readCursor } from './cursor.ts'
import { assertHeld, LeaseLost } from './held.ts'
import type { Term } from './term.ts'

const TEND_EVERY_MS = 5_000
const CHECKSUM_BYTES = 32

/** Tends the journal until the term is over; throws LeaseLost when it finds that out. A fault is logged and tried again at the next round. */
export async function tendJournal(db: Database, log: Log, term: Term): Promise<void> {
  const unusable = new Set<string>()
  while (!term.signal.aborted) {
    try {
      await assertHeld(db, term.lease)
      await recordRules(db, term.journal)
      await proveSnapshots(db, term.journal, unusable)
      const snapshots = await listSnapshots(term.journal)
      const sound = snapshots.filter(({ isSound }) => isSound === true)
      await archiveNewest(db, term, sound)
      await trimSafely(term, sound)
      await measureTrim(db, log, term, snapshots)
    } catch (error) {
      if (error instanceof LeaseLost) throw error
      if (!term.signal.aborted) log.warn({ at: 'tend-fault', error: messageOf(error) })
    }
    await pause(TEND_EVERY_MS, term.signal)
  }
}

/** Loads those that nobody has loaded yet, and marks the sound ones. `unusable` remembers the others, so
 *  that each is told once. */
async function proveSnapshots(
  db: Database,
  journal: Journal,
  unusable: Set<string>,
): Promise<void> {
  for (const head of await listSnapshots(journal)) {
    if (head.isSound === true || unusable.has(head.key)) continue
    const recorded = await recordedAt(db, head)
    // Written by an engine that is ahead of the record: at a later round.
    if (recorded === undefined) continue
    try {
      assertOfMarket(journal, head)
      assert(recorded.entry_id === head.id, 'a snapshot stands at a recorded entry')
      assert(recorded.digest === head.digest, `the record has digest ${recorded.digest} there`)
      await runInTurns(loadStateAtInSteps(await loadSnapshot(journal, head), head))
    } catch (error) {
      noteUnusable(journal, head, error)
      unusable.add(head.key)
      continue
    }
    await markSound(journal, head)
  }
}

function recordedAt(db: Database, { sequence }: SnapshotHead) {
  return db
    .selectFrom('settlement_journal')
    .select(['entry_id', 'digest'])
    .where('sequence', '=', sequence)
    .executeTakeFirst()
}

/** Copies the newest sound snapshot unless it is there already; keeps the two newest copies. */
async function archiveNewest(
  db: Database,
  { journal, lease }: Term,
  [newest]: readonly SnapshotHead[],
): Promise<void> {
  if (newest === undefined || (await isArchived(db, newest))) return
  await db.transaction().execute(async (tx) => {
    await assertHeld(tx, lease)
    let number = 0
    for await (const chunk of readStored(journal, newest)) {
      readChunk(chunk, number)
      await tx
        .insertInto('engine_snapshot')
        .values(row(newest, number, chunk, journal.identity))
        .execute()
      number += 1
    }
    await dropOld(tx)
  })
}

async function isArchived(db: Database, { sequence }: SnapshotHead): Promise<boolean> {
  const { newest } = await db
    .selectFrom('engine_snapshot')
    .select((select) => select.fn.max('sequence').as('newest'))
    .executeTakeFirstOrThrow()
  return newest !== null && newest >= sequence
}

function row(head: SnapshotHead, number: number, chunk: Buffer, identity: string | null) {
  return {
    sequence: head.sequence,
    entry_id: head.id,
    digest: head.digest,
    number,
    chunks: head.chunks,
    checksum: chunk.subarray(0, CHECKSUM_BYTES),
    body: chunk.subarray(CHECKSUM_BYTES),
    identity,
  }
}

async function dropOld(db: Database): Promise<void> {
  const kept = db
    .selectFrom('engine_snapshot')
    .select('sequence')
    .distinct()
    .orderBy('sequence', 'desc')
    .limit(SNAPSHOTS_ARCHIVED)
  await db.deleteFrom('engine_snapshot').where('sequence', 'not in', kept).execute()
}

/** Behind the older of the two newest sound snapshots, and never past what is written ahead: everything
 *  before is needed by nobody. Nothing is trimmed while there is only one. */
async function trimSafely(
  { pool, journal }: Term,
  [, older]: readonly SnapshotHead[],
): Promise<void> {
  if (older === undefined) return
  const { id: recorded } = await readCursor(pool, 'recorded')
  await trimTo(journal, earlier(older.id, recorded))
}

/** What the journal still keeps, and how much of it lies before the older snapshot, whether that was found
 *  sound or not: trimming that does nothing says no word of it. */
async function measureTrim(
  db: Database,
  log: Log,
  { pool, journal, gauge }: Term,
  [, older]: readonly SnapshotHead[],
): Promise<void> {
  const { sequence: recorded } = await readCursor(pool, 'recorded')
  const oldest = await oldestRecorded(db, journal)
  const wasBehind = gauge.trimBehindEntries > TRIM_BEHIND_ENTRIES_MAX
  const due = Math.min(older?.sequence ?? 0, recorded)
  gauge.journalEntries = oldest === null ? 0 : recorded - oldest + 1
  gauge.trimBehindEntries = oldest === null ? 0 : Math.max(0, due - oldest)
  if (gauge.trimBehindEntries > TRIM_BEHIND_ENTRIES_MAX && !wasBehind)
    log.warn({ at: 'trim-behind', entries: gauge.trimBehindEntries, max: TRIM_BEHIND_ENTRIES_MAX })
}

/** The sequence of the oldest entry that either stream still has; null when none of them is recorded. */
async function oldestRecorded(db: Database, journal: Journal): Promise<number | null> {
  const ids = await oldestEntries(journal)
  if (ids.length === 0) return null
  const { oldest } = await db
    .selectFrom('settlement_journal')
    .select((select) => select.fn.min('sequence').as('oldest'))
    .where('entry_id', 'in', ids)
    .executeTakeFirstOrThrow()
  return oldest
}

function earlier(a: EntryId, b: EntryId): EntryId {
  return compareEntryIds(a, b) < 0 ? a : b
}
