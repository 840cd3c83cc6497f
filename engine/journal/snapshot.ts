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
import type { SnapshotChunk, SnapshotSection } from '../snapshot/snapshot-rows.ts'
import { packageAsset } from '../host/asset.ts'
import { joinRows, packRows, unpackRows } from './codec.ts'
import { messageOf, SetupFault } from '../host/setup-fault.ts'
import { JournalForeign, JournalLost, REMEDY } from './failure.ts'
import type { Journal } from './journal.ts'
import type { Link } from './link.ts'
import { isUntrimmed, oldestId } from './read-stream.ts'
import { Script } from './script.ts'

/** Larger writes would hold up the fsync that bids wait for. */
const CHUNK_BYTES_MAX = 256 * 1024
/** Its section and the number of its rows come before them. */
const PACKED_BYTES_MAX = CHUNK_BYTES_MAX - 32
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

/** The chunks as they will be stored. */
export function* packChunks(chunks: Iterable<SnapshotChunk>): Generator<Buffer> {
  for (const whole of packSlices(chunks)) yield* whole
}

/** The same in slices: for each chunk that is taken, what could be completed by it. Rows that follow each
 *  other are stored together. Whoever rests between two slices rests between two chunks. */
export function* packSlices(chunks: Iterable<SnapshotChunk>): Generator<readonly Buffer[]> {
  const gathered = new Gathered()
  for (const { section, rows } of chunks) {
    const whole: Buffer[] = []
    for (const piece of pieces(rows)) whole.push(...gathered.add(section, piece))
    yield whole
  }
  yield gathered.takeAll()
}

/** Writes a snapshot, chunk by chunk with pauses, and makes it visible. `chunks` as packChunks gives them.
 *  Throws JournalLost when the outcome is unknown: the next one will do. */
export async function saveSnapshot(
  journal: Journal,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
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
  for await (const stored of readStored(journal, head))
    chunks.push(readChunk(stored, chunks.length))
  return chunks
}

/** The chunks of one as they are stored. Throws SnapshotDamaged when one is missing, and at the end when they are not
 *  those of its index. */
export async function* readStored(journal: Journal, head: SnapshotHead): AsyncGenerator<Buffer> {
  const total = createHash('sha256')
  for (let number = 0; number < head.chunks; number++) {
    const stored = (await journal.call('HGET', head.key, number)) as Buffer | null
    if (stored === null) throw new SnapshotDamaged(`${head.key}: chunk ${number} is missing`)
    yield stored
    total.update(stored.subarray(0, CHECKSUM_BYTES))
  }
  if (total.digest('hex') !== head.checksum)
    throw new SnapshotDamaged(`${head.key}: the chunks are not those of its index`)
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

/** Rows that were packed together. */
interface Piece {
  readonly rows: number
  readonly packed: Buffer
}

/** Rows of one section, until a chunk is full. */
class Gathered {
  #section: SnapshotSection = 'meta'
  #packed: Buffer[] = []
  #rows = 0
  #bytes = 0

  /** Gives the chunk that was full before. */
  add(section: SnapshotSection, { rows, packed }: Piece): readonly Buffer[] {
    const isFull = this.#bytes + packed.length > PACKED_BYTES_MAX
    const before = section !== this.#section || isFull ? this.takeAll() : []
    this.#section = section
    this.#packed.push(packed)
    this.#rows += rows
    this.#bytes += packed.length
    return before
  }

  takeAll(): readonly Buffer[] {
    if (this.#rows === 0) return []
    const body = joinRows(this.#section, this.#rows, this.#packed)
    this.#packed = []
    this.#rows = 0
    this.#bytes = 0
    return [Buffer.concat([sha256(body), body])]
  }
}

/** Halves the rows until each piece is small enough; a single row is taken as it is. */
function* pieces(rows: SnapshotChunk['rows']): Generator<Piece> {
  const packed = packRows(rows)
  if (packed.length <= PACKED_BYTES_MAX || rows.length < 2) {
    yield { rows: rows.length, packed }
    return
  }
  const half = rows.length >> 1
  yield* pieces(rows.slice(0, half))
  yield* pieces(rows.slice(half))
}

async function writeChunks(
  link: Link,
  key: string,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<Pick<SnapshotHead, 'chunks' | 'sizeBytes' | 'checksum'>> {
  const total = createHash('sha256')
  let number = 0
  let sizeBytes = 0
  for await (const chunk of chunks) {
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
