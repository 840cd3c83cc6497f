/** The loop of stage two: while one batch is being written, the next is folded from what has arrived;
 *  so a batch is one entry when it is quiet and thousands of rows under load. */
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import {
  POST_EVERY_MS_MIN,
  POSTING_BYTES_MAX,
  POSTING_ENTRIES_MAX,
  POSTING_ROWS_MAX,
} from '../../schema/limit.ts'
import { Batch } from './batch.ts'
import type { NextIds } from './batch.ts'
import { foldEntry } from './fold.ts'
import { loadLedger } from './load.ts'
import type { LoadedLedger } from './load.ts'
import { Pace } from './pace.ts'
import { sizeOf } from './recorded-entry.ts'
import type { Term } from './term.ts'
import { writeBatch } from './write-batch.ts'

/** Entries folded between two turns of the event loop, so that the other stage is not held up. */
const ENTRIES_PER_TURN = 16

/** Ends, with all it has begun committed, when the signal is aborted, or when everything before
 *  sequence `before` is posted. Throws Unpostable, with nothing of its batch written; CursorMoved or a
 *  fault of the database means that the mirror is worth nothing any more. */
export async function posting(term: Term, before: number = Infinity): Promise<void> {
  const ledger = await loadLedger(term.pool)
  term.gauge.settledSequence = ledger.cursor.sequence
  const writer = new Writer(term)
  let nextIds = ledger.nextIds
  try {
    while (!term.signal.aborted && ledger.mirror.sequence < before - 1) {
      const batch = await gather(term, ledger, nextIds, writer, before)
      if (batch.entries.length === 0) continue
      nextIds = batch.nextIds()
      await writer.write(batch)
    }
  } finally {
    await writer.idle()
  }
}

/** Folds entries until the writer is free, and until a batch has its fill while it is not. */
async function gather(
  { backlog, signal }: Term,
  { mirror }: LoadedLedger,
  nextIds: NextIds,
  writer: Writer,
  before: number,
): Promise<Batch> {
  const batch = new Batch(mirror.sequence, nextIds)
  let bytes = 0
  const isFull = () =>
    batch.entries.length >= POSTING_ENTRIES_MAX ||
    batch.rows >= POSTING_ROWS_MAX ||
    bytes >= POSTING_BYTES_MAX ||
    mirror.sequence === before - 1
  while (!signal.aborted && !isFull()) {
    const arrival = backlog.arrival()
    const room = Math.min(ENTRIES_PER_TURN, before - 1 - mirror.sequence)
    const entries = await backlog.take(mirror.sequence, room)
    for (const entry of entries) {
      foldEntry(entry, mirror, batch)
      bytes += sizeOf(entry)
    }
    if (entries.length > 0) await turn()
    else if (batch.entries.length > 0 && writer.isFree()) break
    else await writer.freeOr(arrival, batch.entries.length > 0)
  }
  return batch
}

/** At most one batch is being written; the one after waits for it. */
class Writer {
  readonly #term: Term
  readonly #pace = new Pace(POST_EVERY_MS_MIN)
  #writing: Promise<void> | null = null

  constructor(term: Term) {
    this.#term = term
  }

  isFree(): boolean {
    return this.#writing === null && this.#pace.remainingMs() === 0
  }

  /** Begins to write as soon as the batch before is written. Throws what that one failed of. */
  async write(batch: Batch): Promise<void> {
    await this.idle()
    this.#pace.begin()
    const writing = this.#write(batch)
    // Its failure is thrown where it is awaited; until then it must not count as unhandled.
    writing.catch(() => {})
    this.#writing = writing
  }

  async idle(): Promise<void> {
    const writing = this.#writing
    if (writing !== null) await writing
  }

  /** Resolves on `arrival` or when the writing ends; with `isWaited`, when a batch could be written. */
  async freeOr(arrival: Promise<void>, isWaited: boolean): Promise<void> {
    if (isWaited) await Promise.race([arrival, this.#free()])
    else await Promise.race(this.#writing === null ? [arrival] : [arrival, this.#writing])
  }

  async #free(): Promise<void> {
    await this.idle()
    await wait(this.#pace.remainingMs())
  }

  async #write(batch: Batch): Promise<void> {
    const startedAt = performance.now()
    await writeBatch(this.#term.pool, this.#term.lease, batch)
    this.#writing = null
    this.#term.gauge.noteSettled(batch, performance.now() - startedAt)
    if (batch.jobs.length > 0) this.#term.onJobs()
  }
}
