/** What earlier builds stored, as record.ts wrote it down: one file for each stored schema version,
 *  version-N.json. A file is never changed and never written again: a build that cannot read it
 *  cannot read the journal, the snapshots and the database of a market that is at work. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SnapshotChunk } from '../../engine/index.ts'
import type { SnapshotHead } from '../../engine/journal/index.ts'
import {
  readCommandEntry,
  readEventEntry,
  readEventHead,
} from '../../engine/journal/stored-entry.ts'
import type { StoredEntry } from '../../engine/journal/stored-entry.ts'
import type { CommandEntry, EventEntry } from '../../schema/index.ts'

/** Bytes as base64. */
type Bytes = string
/** A row of a table by its columns: times as ISO 8601, bytes as base64. */
export type Row = Readonly<Record<string, string | number | null>>

export interface StoredCommands {
  readonly id: string
  readonly source: string
  readonly batch: number
  readonly body: Bytes
}

export interface StoredEvents extends StoredCommands {
  readonly sequence: number
  readonly previousId: string
  readonly digest: string
}

export interface StoredSnapshot {
  readonly head: SnapshotHead
  /** As they lie in Redis, each behind its checksum. */
  readonly chunks: readonly Bytes[]
}

export interface Stored {
  readonly version: number
  /** So many migrations had been applied to the database. */
  readonly migrations: number
  /** Of the last entry. */
  readonly digest: string
  readonly commands: readonly StoredCommands[]
  readonly events: readonly StoredEvents[]
  readonly snapshots: readonly StoredSnapshot[]
  readonly settlementJournal: readonly Row[]
  /** What settlement made of it, in the order of TABLES. */
  readonly tables: Readonly<Record<string, readonly Row[]>>
  /** The state of the engine after the last entry. */
  readonly dump: readonly SnapshotChunk[]
}

/** The tables that are recorded, each with the columns its rows are in order by. */
export const TABLES: readonly (readonly [table: string, key: string])[] = [
  ['listing', 'listing_id'],
  ['bid', 'bid_id'],
  ['loan', 'loan_id'],
  ['outcome', 'account_id, key'],
  ['transfer', 'transfer_id'],
  ['ledger_account', 'code, owner'],
]

/** Those columns of the settlement journal that hold bytes. */
const BYTE_COLUMNS = new Set(['commands', 'events', 'chain_hash'])

export function storedFile(version: number): string {
  return fileURLToPath(new URL(`version-${version}.json`, import.meta.url))
}

/** Every version that was recorded. */
export function readStored(): readonly Stored[] {
  const files = readdirSync(new URL('.', import.meta.url))
  const versions = files.flatMap((file) => /^version-(\d+)\.json$/.exec(file)?.[1] ?? [])
  return versions
    .map(Number)
    .sort((a, b) => a - b)
    .map((version) => JSON.parse(readFileSync(storedFile(version), 'utf8')) as Stored)
}

/** Reads an entry by the way of the stream's readers. */
export function commandEntryOf({ id, source, batch, body }: StoredCommands): CommandEntry {
  return readCommandEntry(entryOf(id, { s: source, b: batch, d: bytesOf(body) }))
}

export function eventEntryOf(stored: StoredEvents): EventEntry {
  const { id, source, batch, sequence, previousId, digest, body } = stored
  const fields = { s: source, b: batch, q: sequence, p: previousId, g: digest, d: bytesOf(body) }
  return readEventEntry(readEventHead(entryOf(id, fields)))
}

function entryOf(id: string, fields: Readonly<Record<string, string | number | Buffer>>) {
  const bytes = Object.entries(fields).flatMap(([name, value]) => [
    Buffer.from(name),
    Buffer.isBuffer(value) ? value : Buffer.from(String(value)),
  ])
  return [Buffer.from(id), bytes] satisfies StoredEntry
}

export function bytesOf(stored: Bytes): Buffer {
  return Buffer.from(stored, 'base64')
}

/** A row as the driver gives it, for the file. */
export function rowOf(row: Readonly<Record<string, unknown>>): Row {
  const values = Object.entries(row).map(([column, value]) => [
    column,
    Buffer.isBuffer(value) ? value.toString('base64') : plain(value),
  ])
  return JSON.parse(JSON.stringify(Object.fromEntries(values))) as Row
}

/** Turnovers of a story are small. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}

/** A row of the settlement journal as the driver takes it. */
export function journalValues(row: Row): (string | number | null | Buffer)[] {
  return Object.entries(row).map(([column, value]) =>
    BYTE_COLUMNS.has(column) ? bytesOf(String(value)) : value,
  )
}
