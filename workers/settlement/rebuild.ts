/** The journal, rebuilt from the record: entries under their ids, the newest archived snapshot that is
 *  sound, the identity.
 *
 *  What lies before the snapshot's entry is left out, as trimming would have. The record proves itself as
 *  it is read: its hash chain is followed to where the record's cursor stands, and nothing is written of a
 *  batch in which it breaks. May be broken off and begun again. */
import { timingSafeEqual } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { columnList } from '../../schema/declare/table.ts'
import type { RowOf } from '../../schema/declare/table.ts'
import { GENESIS } from '../../schema/entry.ts'
import type { EntryId, MarketIdentity } from '../../schema/entry.ts'
import { TABLES } from '../../schema/table.ts'
import { assert, sequence as toSequence } from '../../schema/unit.ts'
import type { Sequence } from '../../schema/unit.ts'
import { loadStateAt } from '../../engine/index.ts'
import { messageOf, SetupFault } from '../../engine/host/index.ts'
import type { Log, Postgres } from '../../engine/host/index.ts'
import {
  beginRestoring,
  finishRestoring,
  listSnapshots,
  markSound,
  readChunk,
  readMarket,
  RESTORED_ENTRIES_MAX,
  restoreEntries,
  saveSnapshot,
} from '../../engine/journal/index.ts'
import type { Journal, RawPair, SnapshotPosition } from '../../engine/journal/index.ts'
import { CHAIN_START, chainHash } from './chain.ts'
import { readCursor } from './cursor.ts'
import { entryOf } from './recorded-entry.ts'
import type { RecordedEntry } from './recorded-entry.ts'
import { readRecord } from './walk-record.ts'

/** What was recorded is not what is there: nothing can be rebuilt from that. */
export class RecordNotWhole extends Error {
  override readonly name = 'RecordNotWhole'
}

export interface Rebuilt {
  /** The first entry that was written now, and the last. */
  readonly from: number
  readonly to: number
  /** Where its snapshot stands; null when there is none. */
  readonly snapshot: number | null
}

/** Throws SetupFault when the journal is not empty or nothing is recorded, RecordNotWhole when the chain
 *  breaks. */
export async function rebuildJournal(
  { pool, db }: Pick<Postgres, 'pool' | 'db'>,
  journal: Journal,
  log: Log,
): Promise<Rebuilt> {
  const { identity, held } = await readMarket(db)
  const end = await readCursor(pool, 'recorded')
  if (end.sequence === 0)
    throw new SetupFault('nothing is recorded: there is no journal to rebuild')
  const last = await beginRestoring(journal, identity)
  const snapshot = await newestSound(pool, identity, log)
  const from = last === null ? (snapshot?.sequence ?? 1) : last.sequence + 1
  let before = await linkBefore(pool, from)
  if (last !== null && (last.id !== before.id || last.digest !== before.digest))
    throw new RecordNotWhole(`the record is not whole: it has no entry ${last.id} any more`)
  let toldSequence = before.sequence
  while (before.sequence < end.sequence) {
    const entries = followed(before, await readEntries(pool, before.sequence))
    await restoreEntries(journal, pairsOf(before.id, entries))
    before = entries.at(-1) ?? before
    if (before.sequence - toldSequence < PROGRESS_ENTRIES) continue
    toldSequence = before.sequence
    log.info({ at: 'rebuilding', sequence: toldSequence, of: end.sequence })
  }
  if (before.id !== end.id || !isSame(before.chainHash, end.chainHash))
    throw new RecordNotWhole(
      `the record is not whole: its cursor stands at entry ${end.id}, which is not the one of sequence ${end.sequence}`,
    )
  if (snapshot !== null) await restoreSnapshot(journal, snapshot, identity)
  const to = { id: end.id, sequence: toSequence(end.sequence) }
  await finishRestoring(journal, identity, to, held)
  return { from, to: end.sequence, snapshot: snapshot?.sequence ?? null }
}

/** So often a line says how far it is. */
const PROGRESS_ENTRIES = 10_000

type Link = Pick<RecordedEntry, 'sequence' | 'id' | 'chainHash' | 'digest'>
type SnapshotRow = RowOf<typeof TABLES.engine_snapshot>

/** The entry that comes before `sequence`: what was left out is not proved again. */
async function linkBefore(pool: Pool, sequence: number): Promise<Link> {
  if (sequence === 1) return { sequence: 0, id: GENESIS, chainHash: CHAIN_START, digest: '' }
  const [entry] = await readEntries(pool, sequence - 2, 1)
  if (entry?.sequence !== sequence - 1) throw missing(sequence - 1)
  return entry
}

async function readEntries(
  client: Pool | PoolClient,
  after: number,
  max = RESTORED_ENTRIES_MAX,
): Promise<readonly RecordedEntry[]> {
  return (await readRecord(client, after, max)).map(entryOf)
}

/** The same entries, once each is found to follow on the one before. */
function followed(before: Link, entries: readonly RecordedEntry[]): readonly RecordedEntry[] {
  if (entries.length === 0) throw missing(before.sequence + 1)
  let last = before
  for (const entry of entries) {
    if (entry.sequence !== last.sequence + 1) throw missing(last.sequence + 1)
    if (!isSame(chainHash(last.chainHash, entry), entry.chainHash))
      throw new RecordNotWhole(
        `the record is not whole: entry ${entry.id} (sequence ${entry.sequence}) is not what was recorded`,
      )
    last = entry
  }
  return entries
}

function missing(sequence: number): RecordNotWhole {
  return new RecordNotWhole(`the record is not whole: there is no entry of sequence ${sequence}`)
}

function pairsOf(before: EntryId, entries: readonly RecordedEntry[]): readonly RawPair[] {
  return entries.map((entry, index) => ({
    id: entry.id,
    sequence: toSequence(entry.sequence),
    previousId: entries[index - 1]?.id ?? before,
    digest: entry.digest,
    source: entry.source,
    batch: entry.batch,
    commandsBody: Buffer.from(entry.commands),
    eventsBody: Buffer.from(entry.events),
  }))
}

interface Archived extends SnapshotPosition {
  readonly chunks: readonly Buffer[]
}

/** The newest archived snapshot that loads and agrees with the record; null when none does. */
async function newestSound(
  pool: Pool,
  identity: MarketIdentity,
  log: Log,
): Promise<Archived | null> {
  const { rows } = await pool.query<{ sequence: Sequence }>(
    'select distinct sequence from engine_snapshot order by sequence desc',
  )
  for (const { sequence } of rows) {
    try {
      return await readArchived(pool, sequence, identity)
    } catch (error) {
      log.error({ at: 'snapshot-unusable', sequence, why: messageOf(error) })
    }
  }
  return null
}

/** Throws whatever is wrong with it. */
export async function readArchived(
  pool: Pool | PoolClient,
  sequence: Sequence,
  identity: MarketIdentity,
): Promise<Archived> {
  const { rows } = await pool.query<SnapshotRow>(
    `select ${columnList(TABLES.engine_snapshot)} from engine_snapshot
      where sequence = $1 order by number`,
    [sequence],
  )
  const [first] = rows
  assert(first !== undefined, 'an archived snapshot has chunks')
  const position = { id: first.entry_id, sequence, digest: first.digest }
  for (const [number, row] of rows.entries()) {
    assert((row.identity ?? identity) === identity, 'an archived snapshot is of this market')
    assert(row.number === number && row.chunks === rows.length, 'its chunks are numbered')
    assert(row.entry_id === position.id && row.digest === position.digest, 'its chunks are of one')
  }
  const [recorded] = await readEntries(pool, sequence - 1, 1)
  assert(recorded?.id === position.id, 'an archived snapshot stands at a recorded entry')
  assert(recorded.digest === position.digest, `the record has digest ${recorded.digest} there`)
  const chunks = rows.map(({ checksum, body }) => Buffer.concat([checksum, body]))
  loadStateAt(chunks.map(readChunk), position)
  return { ...position, chunks }
}

/** Unless a rebuild before this one came as far as that. */
async function restoreSnapshot(
  journal: Journal,
  { chunks, ...position }: Archived,
  identity: MarketIdentity,
): Promise<void> {
  const isThere = (await listSnapshots(journal)).some((head) => head.sequence === position.sequence)
  if (!isThere) await markSound(journal, await saveSnapshot(journal, chunks, position, identity))
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
