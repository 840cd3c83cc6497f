/** The loop of stage one: follows the journal from where the record ends. */
import type { Pool } from 'pg'
import { RECORD_EVERY_MS_MIN } from '../../schema/limit.ts'
import { assertIsRecordOf, readRawPairs } from '../../engine/journal/index.ts'
import type { Journal, RawPair } from '../../engine/journal/index.ts'
import { readCursor } from './cursor.ts'
import type { Term } from './term.ts'
import { Pace } from './pace.ts'
import { linkEntries, recordEntries } from './record.ts'

/** Ends when the signal is aborted. Throws JournalForeign, RecordBroken, MissedEntries, CursorMoved or a fault of the
 *  database; every entry handed to the backlog before that is committed. */
export async function recording({
  pool,
  journal,
  backlog,
  signal,
  gauge,
  lease,
}: Term): Promise<void> {
  await assertSameMarket(pool, journal)
  const pace = new Pace(RECORD_EVERY_MS_MIN)
  let cursor = await readCursor(pool, 'recorded')
  backlog.reaches(cursor.sequence)
  gauge.recordedSequence = cursor.sequence
  const onEntries = async (pairs: readonly RawPair[]) => {
    await pace.wait(signal)
    if (signal.aborted) return
    pace.begin()
    const entries = linkEntries(cursor, pairs)
    const startedAt = performance.now()
    await recordEntries(pool, lease, cursor, entries)
    cursor = entries.at(-1) ?? cursor
    backlog.push(entries)
    gauge.noteRecorded(entries, performance.now() - startedAt)
  }
  await readRawPairs(journal, { from: cursor.id, signal, onEntries })
}

/** A term begins anew whenever the database was away: another one may have come in its place. */
async function assertSameMarket(pool: Pool, { identity }: Journal): Promise<void> {
  if (identity === null) return
  const { rows } = await pool.query<{ identity: string }>('select identity from market_identity')
  assertIsRecordOf(rows[0]?.identity, identity)
}
