/** Snapshots of the engine in the journal's Redis: written in small pieces, visible only when whole.
 *
 *  A snapshot is a hash of numbered chunks, each behind its own SHA-256, and one line in the index
 *  with its position, digest and a checksum over all. Until publish-snapshot.lua has put it into the
 *  index the hash expires by itself, so one whose writer died is never seen and never stays. The two
 *  newest are kept, and beside them the newest that whoever tends the journal has loaded and found sound
 *  (workers/settlement): the journal is trimmed behind no other. Any of them may turn out not to load, in
 *  a build that is older than its writer or because it is not what it says: then the one before serves. */
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { assert } from '../../schema/unit.ts'
import type { Sequence } from '../../schema/unit.ts'
import { compareEntryIds, GENESIS } from '../../schema/entry.ts'
import type { Digest, EntryId, MarketIdentity } from '../../schema/entry.ts'
import type { SnapshotChunk } from '../snapshot/snapshot-rows.ts'
import { packageAsset } from '../host/asset.ts'
import { packRows, unpackRows } from './codec.ts'
import { messageOf, SetupFault } from '../host/setup-fault.ts'
import { JournalForeign, JournalLost, REMEDY } from './failure.ts'
import type { Journal } from './journal.ts'
import type { Link } from './link.ts'
import { isUntrimmed, oldestId } from './read-stream.ts'
import { Script } from './script.ts'

/** Larger writes would hold up the fsync that bids wait for. */
const CHUNK_BYTES_MAX = 256 * 1024
const CHECKSUM_BYTES = 32
/** Between chunks, for the same reason. */
const CHUNK_PAUSE_MS = 4
const SNAPSHOTS_KEPT = 2
/** An unfinished snapshot is gone this long after its writer's last sign of life. */
const UNFINISHED_SECONDS = 120
/** One that was let go can still be read to its end by a reader that had begun. */
const LET_GO_SECONDS = 120

const publish = new Script(packageAsset(import.meta.url, 'publish-snapshot.lua'))
const mark = new Script(packageAsset(import.meta.url, 'mark-snapshot.lua'))

/** Where in the journal a state stands. */
export interface SnapshotPosition {
  readonly id: EntryId
  readonly sequence: Sequence
  readonly digest: Digest
}

export interface SnapshotHead extends SnapshotPosition {
  readonly key: string
  readonly chunks: number
  readonly sizeBytes: number
  /** SHA-256 over the checksums of the chunks, hex. */
  readonly checksum: string
  readonly savedAtMs: number
  /** Whose it is; null when its writer did not know, not said before there were identities. */
  readonly identity?: MarketIdentity | null
  /** It was loaded and agrees with the record. */
  readonly isSound?: true
}

/** The chunks as they will be stored. Reads `chunks` lazily: what they are taken from must not
 *  change until the last one was taken. */
export function* packChunks(chunks: Iterable<SnapshotChunk>): Generator<Buffer> {
  for (const { section, rows } of chunks) yield* packed(section, rows)
}

/** Writes a snapshot, chunk by chunk with pauses, and makes it visible. `chunks` from packChunks.
 *  Throws JournalLost when the outcome is unknown: the next one will do. */
export async function saveSnapshot(
  journal: Journal,
  chunks: Iterable<Buffer>,
  { id, sequence, digest }: SnapshotPosition,
  identity: MarketIdentity | null = journal.identity,
): Promise<SnapshotHead> {
  const key = `${journal.keys.snapshots}:${sequence}-${randomBytes(6).toString('hex')}`
  const link = journal.openLink()
  try {
    const written = await writeChunks(link, key, chunks)
    const head = { key, id, sequence, digest, ...written, savedAtMs: Date.now(), identity }
    const args = [written.chunks, JSON.stringify(head), SNAPSHOTS_KEPT, LET_GO_SECONDS]
    const isWhole = await publish.run(link, [journal.keys.snapshots, key], args)
    assert(isWhole === 1, 'a snapshot is whole when its last chunk was written')
    return head
  } finally {
    journal.closeLink(link)
  }
}

/** What is kept, newest first. */
export async function listSnapshots(journal: Journal): Promise<readonly SnapshotHead[]> {
  const values = (await journal.call('HVALS', journal.keys.snapshots)) as Buffer[]
  const heads = values.map((value) => JSON.parse(value.toString()) as SnapshotHead)
  return heads.sort((a, b) => b.sequence - a.sequence || (a.key < b.key ? 1 : -1))
}

/** Reads one whole. Throws SnapshotDamaged when a chunk is missing or is not what was written. */
export async function loadSnapshot(
  journal: Journal,
  head: SnapshotHead,
): Promise<readonly SnapshotChunk[]> {
  const chunks: SnapshotChunk[] = []
  const total = createHash('sha256')
  for (let number = 0; number < head.chunks; number++) {
    const stored = (await journal.call('HGET', head.key, number)) as Buffer | null
    if (stored === null) throw new SnapshotDamaged(`${head.key}: chunk ${number} is missing`)
    chunks.push(readChunk(stored, number))
    total.update(stored.subarray(0, CHECKSUM_BYTES))
  }
  if (total.digest('hex') !== head.checksum)
    throw new SnapshotDamaged(`${head.key}: the chunks are not those of its index`)
  return chunks
}

/** One as it is stored. Throws SnapshotDamaged when it is not what was written. */
export function readChunk(stored: Buffer, number: number): SnapshotChunk {
  const body = stored.subarray(CHECKSUM_BYTES)
  if (!sha256(body).equals(stored.subarray(0, CHECKSUM_BYTES)))
    throw new SnapshotDamaged(`chunk ${number} is not what was written`)
  const [section, rows] = unpackRows(body) as [SnapshotChunk['section'], unknown[][]]
  return { section, rows }
}

/** What `build` makes of the newest snapshot of which it can make something; null when there is none. One
 *  that does not read, or of which `build` throws, is passed over: see `noteUnusable`. None before `since` counts. */
export async function loadNewestSnapshot<Built>(
  journal: Journal,
  build: (chunks: readonly SnapshotChunk[], head: SnapshotHead) => Built,
  since: EntryId = GENESIS,
): Promise<Built | null> {
  for (const head of await listSnapshots(journal)) {
    if (compareEntryIds(head.id, since) < 0) continue
    try {
      assertOfMarket(journal, head)
      return build(await loadSnapshot(journal, head), head)
    } catch (error) {
      noteUnusable(journal, head, error)
    }
  }
  return null
}

/** Logs and counts a snapshot that could not be used. What is no fault of the snapshot is thrown again. */
export function noteUnusable(
  journal: Journal,
  { key, sequence }: SnapshotHead,
  error: unknown,
): void {
  if (error instanceof JournalLost || error instanceof SetupFault) throw error
  journal.snapshotsUnusable += 1
  journal.log.error({ at: 'snapshot-unusable', key, sequence, why: messageOf(error), error })
}

/** Throws SnapshotDamaged when the snapshot is another market's. */
export function assertOfMarket(journal: Journal, { key, identity = null }: SnapshotHead): void {
  if (identity !== null && journal.identity !== null && identity !== journal.identity)
    throw new SnapshotDamaged(`${key} is a snapshot of the market ${identity}`)
}

/** Without a snapshot one begins at the beginning. Throws JournalForeign, one clear line, when the journal
 *  no longer has it. */
export async function assertFromBeginning(journal: Journal): Promise<void> {
  const { events, commands } = journal.keys
  if ((await isUntrimmed(journal, events)) && (await isUntrimmed(journal, commands))) return
  const oldest = await oldestId(journal, events)
  throw new JournalForeign(
    `no snapshot in the journal at ${journal.where} can be loaded, and its entries before ${oldest} were trimmed: run the build that wrote the snapshots, or ${REMEDY}`,
  )
}

/** Says of a snapshot that it was loaded and agrees with the record; nothing when it was let go. */
export async function markSound(journal: Journal, head: SnapshotHead): Promise<void> {
  const line = JSON.stringify({ ...head, isSound: true })
  await mark.run(journal, [journal.keys.snapshots], [head.key, line])
}

/** Takes a snapshot out of the index and removes it. */
export async function dropSnapshot(journal: Journal, { key }: SnapshotHead): Promise<void> {
  await journal.call('HDEL', journal.keys.snapshots, key)
  await journal.call('UNLINK', key)
}

export class SnapshotDamaged extends Error {
  override readonly name = 'SnapshotDamaged'
}

/** Halves the rows until each piece is small enough; a single row is taken as it is. */
function* packed(
  section: SnapshotChunk['section'],
  rows: SnapshotChunk['rows'],
): Generator<Buffer> {
  const body = packRows([section, rows])
  if (body.length <= CHUNK_BYTES_MAX || rows.length < 2) {
    yield Buffer.concat([sha256(body), body])
    return
  }
  const half = rows.length >> 1
  yield* packed(section, rows.slice(0, half))
  yield* packed(section, rows.slice(half))
}

async function writeChunks(
  link: Link,
  key: string,
  chunks: Iterable<Buffer>,
): Promise<Pick<SnapshotHead, 'chunks' | 'sizeBytes' | 'checksum'>> {
  const total = createHash('sha256')
  let number = 0
  let sizeBytes = 0
  for (const chunk of chunks) {
    await link.call('HSET', key, number, chunk)
    await link.call('EXPIRE', key, UNFINISHED_SECONDS)
    await wait(CHUNK_PAUSE_MS)
    total.update(chunk.subarray(0, CHECKSUM_BYTES))
    sizeBytes += chunk.length
    number += 1
  }
  return { chunks: number, sizeBytes, checksum: total.digest('hex') }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
