/** One entry of the record, as it lies in the settlement journal. */
import type { NewRow, RowOf } from '../../schema/declare/table.ts'
import { entryAtMs } from '../../schema/entry.ts'
import type { Digest, EntryId, Source } from '../../schema/entry.ts'
import type { TABLES } from '../../schema/table.ts'

export interface RecordedEntry {
  readonly sequence: number
  readonly id: EntryId
  readonly source: Source
  readonly batch: number
  readonly digest: Digest
  readonly commands: Uint8Array
  readonly events: Uint8Array
  readonly chainHash: Uint8Array
}

type Journal = typeof TABLES.settlement_journal

export function rowOf({ id, chainHash, ...entry }: RecordedEntry): NewRow<Journal> {
  return { ...entry, entry_id: id, at: entryAtMs(id), chain_hash: chainHash }
}

export function entryOf({
  entry_id: id,
  chain_hash: chainHash,
  at: _stampedInId,
  ...entry
}: RowOf<Journal>): RecordedEntry {
  return { ...entry, id, chainHash }
}

export function sizeOf(entry: RecordedEntry): number {
  return entry.commands.length + entry.events.length
}
