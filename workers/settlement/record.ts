/** Stage one: every entry of the journal into Postgres, in order, before anything is posted from it.
 *
 *  The settlement journal is the archive, the evidence and the copy that survives the loss of Redis, so
 *  its commits wait for the disk whatever the server's default is. */
import type { Pool } from 'pg'
import { assert } from '../../schema/unit.ts'
import { TABLES } from '../../schema/table.ts'
import type { RawPair } from '../../engine/journal/index.ts'
import { chainHash } from './chain.ts'
import { insertRows } from './copy.ts'
import { moveCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import type { LeaseMark } from './held.ts'
import { transact } from './transact.ts'
import { rowOf } from './recorded-entry.ts'
import type { RecordedEntry } from './recorded-entry.ts'

/** The journal does not go on where the record ends. Settlement stops: people have to look. */
export class RecordBroken extends Error {
  override readonly name = 'RecordBroken'
}

/** Links the entries that follow on `from`. Throws RecordBroken when they do not. */
export function linkEntries(from: Cursor, pairs: readonly RawPair[]): RecordedEntry[] {
  const linked: RecordedEntry[] = []
  let last: Pick<Cursor, 'id' | 'sequence' | 'chainHash'> = from
  for (const pair of pairs) {
    if (pair.previousId !== last.id || pair.sequence !== last.sequence + 1)
      throw new RecordBroken(
        `entry ${pair.id} (sequence ${pair.sequence}) follows ${pair.previousId}, the record ends at ${last.id} (sequence ${last.sequence})`,
      )
    const { id, sequence, source, batch, digest } = pair
    const { commandsBody: commands, eventsBody: events } = pair
    const entry = { id, sequence, source, batch, digest, commands, events }
    last = { ...entry, chainHash: chainHash(last.chainHash, entry) }
    linked.push(last as RecordedEntry)
  }
  return linked
}

/** Commits the entries behind `from`. Throws CursorMoved when another settler has already recorded
 *  from there; any other error leaves the outcome unknown. */
export async function recordEntries(
  pool: Pool,
  lease: LeaseMark,
  from: Cursor,
  entries: readonly RecordedEntry[],
): Promise<void> {
  const last = entries.at(-1)
  assert(last !== undefined, 'there is something to record')
  assert(last.sequence === from.sequence + entries.length, 'the record has no gaps')
  const rows = entries.map(rowOf)
  await transact(pool, BEGIN, async (client) => {
    await moveCursor(client, lease, 'recorded', from.sequence, last)
    await insertRows(client, TABLES.settlement_journal, rows)
  })
}

/** A commit that has returned is on disk, whatever the server's default is. */
const BEGIN = 'begin; set local synchronous_commit = on'
