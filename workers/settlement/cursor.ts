/** How far a stage has come. The cursor moves by compare-and-set inside the transaction of the stage's
 *  own effect: of two settlers that do the same work, the second waits for the first's commit, then
 *  finds the cursor elsewhere and has to give its work up. */
import type { Pool, PoolClient } from 'pg'
import { assert } from '../../schema/unit.ts'
import type { Digest, EntryId } from '../../schema/entry.ts'
import type { RecordedEntry } from './recorded-entry.ts'

export type Stage = 'recorded' | 'settled'

export interface Cursor {
  readonly sequence: number
  readonly id: EntryId
  readonly digest: Digest
  readonly chainHash: Uint8Array
}

/** Another settler did the work first. Nothing is wrong: read the cursor and go on from there. */
export class CursorMoved extends Error {
  override readonly name = 'CursorMoved'
}

interface CursorRow {
  sequence: number
  entry_id: EntryId
  digest: Digest
  chain_hash: Uint8Array
}

export async function readCursor(client: Pool | PoolClient, stage: Stage): Promise<Cursor> {
  const { rows } = await client.query<CursorRow>({
    name: 'read-cursor',
    text: 'select sequence, entry_id, digest, chain_hash from settlement_cursor where stage = $1',
    values: [stage],
  })
  const row = rows[0]
  assert(row !== undefined, `there is a cursor of stage ${stage}`)
  const { sequence, entry_id: id, digest, chain_hash: chainHash } = row
  return { sequence, id, digest, chainHash }
}

/** Moves the cursor from `from` to `to` and tells all who wait for it, once this transaction is
 *  committed. Throws CursorMoved when the stage no longer stands at `from`. */
export async function moveCursor(
  client: PoolClient,
  stage: Stage,
  from: number,
  to: RecordedEntry,
): Promise<void> {
  assert(to.sequence > from, 'a cursor moves forward')
  const { rowCount } = await client.query({
    name: 'move-cursor',
    text: MOVE,
    values: [stage, from, to.sequence, to.id, to.digest, to.chainHash, `${stage}:${to.sequence}`],
  })
  if (rowCount !== 1) throw new CursorMoved(`${stage} no longer stands at ${from}`)
}

const MOVE = `
  with moved as (
    update settlement_cursor
       set sequence = $3, entry_id = $4, digest = $5, chain_hash = $6
     where stage = $1 and sequence = $2
    returning 1)
  select pg_notify('watermark', $7) from moved`
