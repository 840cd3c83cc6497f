import type { Digest, EntryId, Source } from '../../schema/entry.ts'

/** One row of the settlement journal. */
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

export function sizeOf(entry: RecordedEntry): number {
  return entry.commands.length + entry.events.length
}
