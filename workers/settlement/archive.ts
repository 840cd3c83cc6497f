/** What settlement does for the journal's Redis: copies the engine's snapshots to Postgres, and trims
 *  the streams behind what is safe elsewhere. */
import { SNAPSHOTS_ARCHIVED } from '../../schema/limit.ts'
import { compareEntryIds } from '../../schema/entry.ts'
import type { EntryId } from '../../schema/entry.ts'
import { messageOf, pause } from '../../engine/host/index.ts'
import type { Database, Log } from '../../engine/host/index.ts'
import { listSnapshots, loadSnapshot, packChunks, trimTo } from '../../engine/journal/index.ts'
import type { Journal, SnapshotHead } from '../../engine/journal/index.ts'
import { readCursor } from './cursor.ts'
import type { Term } from './term.ts'

const TEND_EVERY_MS = 5_000
const CHECKSUM_BYTES = 32

/** Tends the journal until the term is over. A fault is logged and tried again at the next round. */
export async function tendJournal(db: Database, log: Log, term: Term): Promise<void> {
  while (!term.signal.aborted) {
    try {
      await archiveNewest(db, term.journal)
      await trimSafely(term)
    } catch (error) {
      if (!term.signal.aborted) log.warn({ at: 'tend-fault', error: messageOf(error) })
    }
    await pause(TEND_EVERY_MS, term.signal)
  }
}

/** Copies the newest snapshot unless it is there already; keeps the two newest copies. Returns its
 *  sequence, or null when there was nothing new. */
export async function archiveNewest(db: Database, journal: Journal): Promise<number | null> {
  const [newest] = await listSnapshots(journal)
  if (newest === undefined || (await isArchived(db, newest))) return null
  const chunks = await loadSnapshot(journal, newest)
  await db.transaction().execute(async (tx) => {
    let number = 0
    for (const chunk of packChunks(chunks)) {
      await tx
        .insertInto('engine_snapshot')
        .values(row(newest, number, chunk))
        .execute()
      number += 1
    }
    await dropOld(tx)
  })
  return newest.sequence
}

async function isArchived(db: Database, { sequence }: SnapshotHead): Promise<boolean> {
  const { newest } = await db
    .selectFrom('engine_snapshot')
    .select((select) => select.fn.max('sequence').as('newest'))
    .executeTakeFirstOrThrow()
  return newest !== null && newest >= sequence
}

function row(head: SnapshotHead, number: number, chunk: Buffer) {
  return {
    sequence: head.sequence,
    entry_id: head.id,
    digest: head.digest,
    number,
    chunks: head.chunks,
    checksum: chunk.subarray(0, CHECKSUM_BYTES),
    body: chunk.subarray(CHECKSUM_BYTES),
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

/** Behind the older of the kept snapshots, and never past what is written ahead: everything before is
 *  needed by nobody. Nothing is trimmed while there is only one snapshot. */
async function trimSafely({ pool, journal }: Term): Promise<void> {
  const snapshots = await listSnapshots(journal)
  const oldest = snapshots.at(-1)
  if (oldest === undefined || snapshots.length < 2) return
  const { id: recorded } = await readCursor(pool, 'recorded')
  await trimTo(journal, earlier(oldest.id, recorded))
}

function earlier(a: EntryId, b: EntryId): EntryId {
  return compareEntryIds(a, b) < 0 ? a : b
}
