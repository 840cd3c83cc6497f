/** How far a stage has come. The cursor moves by compare-and-set inside the transaction of the stage's
 *  own effect: of two settlers that do the same work, the second waits for the first's commit, then
 *  finds the cursor elsewhere and has to give its work up. */
import type { Pool, PoolClient } from 'pg'
import { columnList } from '../../schema/declare/table.ts'
import type { RowOf } from '../../schema/declare/table.ts'
import { TABLES } from '../../schema/table.ts'
import { assert } from '../../schema/unit.ts'
import type { Digest, EntryId } from '../../schema/entry.ts'
import { isHeld } from './held.ts'
import type { LeaseMark } from './held.ts'
import { rowOf } from './recorded-entry.ts'
import type { RecordedEntry } from './recorded-entry.ts'

type CursorRow = RowOf<typeof TABLES.settlement_cursor>
export type Stage = CursorRow['stage']

export interface Cursor {
  readonly sequence: number
  readonly id: EntryId
  readonly digest: Digest
  readonly chainHash: Uint8Array
}

/** Another settler did the work first, or has the lease. Nothing is wrong: begin again from the tables. */
export class CursorMoved extends Error {
  override readonly name = 'CursorMoved'
}

export async function readCursor(client: Pool | PoolClient, stage: Stage): Promise<Cursor> {
  const { rows } = await client.query<CursorRow>({
    name: 'read-cursor',
    text: READ,
    values: [stage],
  })
  const row = rows[0]
  assert(row !== undefined, `there is a cursor of stage ${stage}`)
  const { sequence, entry_id: id, digest, chain_hash: chainHash } = row
  return { sequence, id, digest, chainHash }
}

/** Moves the cursor from `from` to `to` and tells all who wait for it, once this transaction is
 *  committed. Throws CursorMoved when the stage no longer stands at `from`, or the lease is another's. */
export async function moveCursor(
  client: PoolClient,
  { term, holder }: LeaseMark,
  stage: Stage,
  from: number,
  to: RecordedEntry,
): Promise<void> {
  assert(to.sequence > from, 'a cursor moves forward')
  const row = rowOf(to)
  const { rowCount } = await client.query({
    name: 'move-cursor',
    text: MOVE,
    values: [
      stage,
      from,
      `${stage}:${to.sequence}`,
      term,
      holder,
      ...MOVED.map((column) => row[column]),
    ],
  })
  if (rowCount !== 1)
    throw new CursorMoved(`${stage} no longer stands at ${from}, or term ${term} is over`)
}

/** Puts the cursor where the record has `to`, whatever it said: for who holds the lease and has made all that
 *  the stage stands for anew. */
export async function setCursor(client: PoolClient, stage: Stage, to: Cursor): Promise<void> {
  const { rowCount } = await client.query(
    'update settlement_cursor set entry_id = $3, digest = $4, chain_hash = $5 where stage = $1 and sequence = $2',
    [stage, to.sequence, to.id, to.digest, Buffer.from(to.chainHash)],
  )
  assert(rowCount === 1, `${stage} stands at ${to.sequence}`)
}

const READ = `select ${columnList(TABLES.settlement_cursor)} from settlement_cursor where stage = $1`

const MOVED = TABLES.settlement_cursor.changes.position
const MOVE = `
  with moved as (
    update settlement_cursor
       set ${MOVED.map((column, index) => `${column} = $${index + 6}`).join(', ')}
     where stage = $1 and sequence = $2 and ${isHeld(4)}
    returning 1)
  select pg_notify('watermark', $3) from moved`
