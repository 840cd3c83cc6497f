/** The record, read from its first entry on, page by page. */
import type { Pool, PoolClient } from 'pg'
import { columnList } from '../../schema/declare/table.ts'
import type { RowOf } from '../../schema/declare/table.ts'
import { entryAtMs, GENESIS } from '../../schema/entry.ts'
import { TABLES } from '../../schema/table.ts'
import { CHAIN_START, chainHash } from './chain.ts'
import type { Cursor } from './cursor.ts'
import { entryOf } from './recorded-entry.ts'
import type { RecordedEntry } from './recorded-entry.ts'

export type JournalRow = RowOf<typeof TABLES.settlement_journal>

const ENTRIES_PER_PAGE = 500

/** Before the first entry, as the migration sets both cursors. */
export const START: Cursor = {
  sequence: 0,
  id: GENESIS,
  digest: '0000000000000000',
  chainHash: CHAIN_START,
}

/** At most `max` rows after a sequence, in order. */
export async function readRecord(
  client: Pool | PoolClient,
  after: number,
  max: number,
): Promise<readonly JournalRow[]> {
  const { rows } = await client.query<JournalRow>(
    `select ${columnList(TABLES.settlement_journal)} from settlement_journal
      where sequence > $1 order by sequence limit $2`,
    [after, max],
  )
  return rows
}

/** Each entry with what is wrong with it as a link of the chain, in words. */
export async function* walkRecord(
  client: PoolClient,
): AsyncGenerator<readonly [RecordedEntry, readonly string[]]> {
  let before = START
  for (;;) {
    const rows = await readRecord(client, before.sequence, ENTRIES_PER_PAGE)
    for (const row of rows) {
      const entry = entryOf(row)
      yield [entry, faultsOfLink(before, entry, row)]
      before = entry
    }
    if (rows.length === 0) return
  }
}

function faultsOfLink(before: Cursor, entry: RecordedEntry, { at }: JournalRow): readonly string[] {
  const { sequence, id } = entry
  const faults: string[] = []
  if (sequence !== before.sequence + 1) faults.push(`sequence ${sequence} after ${before.sequence}`)
  if (!chainHash(before.chainHash, entry).equals(entry.chainHash))
    faults.push(`hash at sequence ${sequence}`)
  // Infinity is a time too, and no Date.
  if (Number(at) !== entryAtMs(id)) faults.push(`time at sequence ${sequence}`)
  return faults
}
