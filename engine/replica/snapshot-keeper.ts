/** Sees to it that there is always a fairly new snapshot, at no cost to those who wait for answers.
 *
 *  Best is an engine of its own duty, which stops for as long as it takes. Where there is none, an
 *  engine that is second does it, and the first only when nobody else has: their turns come at once,
 *  twice and three times the interval. Such an engine goes on meanwhile: it packs a chunk, writes it, and
 *  stops for no longer than a chunk takes (engine/snapshot/cut.ts).
 *
 *  A snapshot is published only when the journal holds the answer to its last entry, with the same
 *  digest: whoever starts from it will never answer that entry again. */
import { pause } from '../host/backoff.ts'
import { digestOf, SnapshotCut } from '../index.ts'
import type { State } from '../index.ts'
import type { EngineSettings } from '../config.ts'
import type { Log } from '../host/log.ts'
import { isSaid, JournalLost, listSnapshots, packChunks, saveSnapshot } from '../journal/index.ts'
import type { Journal, SnapshotPosition } from '../journal/index.ts'
import type { ReplicaMetrics } from './metrics.ts'

/** A stop that callers notice is worth a line: it is time for an engine with the snapshot duty. */
const PAUSE_MS_NOTED = 100
/** How often a silent engine looks whether its last entry has been answered. */
const LOOK_EVERY_MS = 5

interface Parts {
  readonly journal: Journal
  readonly state: State
  readonly settings: EngineSettings
  readonly metrics: ReplicaMetrics
  readonly log: Log
  readonly isFirst: () => boolean
  readonly signal: AbortSignal
}

export class SnapshotKeeper {
  readonly #parts: Parts
  #sequence: number
  #takenAtMs = performance.now()
  #saving: Promise<void> | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.#sequence = parts.state.sequence
  }

  /** To be called between rounds. The state may change again once this has resolved. */
  async consider(): Promise<void> {
    const { settings } = this.#parts
    if (this.#saving !== null || !this.#isDue()) return
    this.#saving = this.#save().finally(() => {
      this.#saving = null
    })
    if (settings.ENGINE_DUTY === 'snapshot') await this.#saving
  }

  /** The last one of an engine that was asked to stop: it stands where the engine stopped, unless the newest
   *  does so already, or what came last was not said. The next engine begins there, also one of other rules. */
  async leave(): Promise<void> {
    await this.#saving
    if (this.#parts.state.sequence > this.#sequence) await this.#save()
  }

  /** Resolves when nothing is being written any more. */
  async idle(): Promise<void> {
    await this.#saving
  }

  #isDue(): boolean {
    const { settings, state } = this.#parts
    const entries = state.sequence - this.#sequence
    const nowMs = performance.now()
    if (entries === 0) return false
    const turn = this.#turn()
    const isOld = nowMs - this.#takenAtMs >= settings.SNAPSHOT_EVERY_MS * turn
    return isOld || entries >= settings.SNAPSHOT_EVERY_ENTRIES * turn
  }

  /** Still, after a newer one of somebody else was found. */
  #isWanted(): boolean {
    const { signal, state } = this.#parts
    return signal.aborted ? state.sequence > this.#sequence : this.#isDue()
  }

  #turn(): number {
    if (this.#parts.settings.ENGINE_DUTY === 'snapshot') return 1
    return this.#parts.isFirst() ? 3 : 2
  }

  async #save(): Promise<void> {
    const { journal, log } = this.#parts
    try {
      const newest = (await listSnapshots(journal))[0]
      this.#takenAtMs = performance.now()
      if (newest !== undefined && newest.sequence > this.#sequence) {
        this.#sequence = newest.sequence
        if (!this.#isWanted()) return
      }
      await this.#write()
    } catch (error) {
      if (!(error instanceof JournalLost)) throw error
      log.warn({ at: 'snapshot-given-up', error: error.message })
    }
  }

  async #write(): Promise<void> {
    const { journal, state, metrics, log } = this.#parts
    const position = { id: state.id, sequence: state.sequence, digest: digestOf(state) }
    const startMs = performance.now()
    const cut = new SnapshotCut(state, journal.schemaWritten).begin()
    const sizeBytes = await this.#writeCut(cut, position).finally(() => cut.end())
    if (sizeBytes === null) return
    const saveMs = performance.now() - startMs
    this.#sequence = position.sequence
    metrics.snapshotSeconds.observe(saveMs / 1e3)
    metrics.tally.snapshotBytes = sizeBytes
    metrics.tally.snapshotSequence = position.sequence
    log.info({
      at: 'snapshot',
      sequence: position.sequence,
      sizeBytes,
      saveMs: Math.round(saveMs),
    })
  }

  /** Waits for the answer to the last entry; false when asked to stop meanwhile. */
  async #isAnswered(position: SnapshotPosition): Promise<boolean> {
    const { journal, signal } = this.#parts
    while (!(await isSaid(journal, position))) {
      if (signal.aborted) return false
      await pause(LOOK_EVERY_MS, signal)
    }
    return true
  }

  /** How many bytes it takes; null when asked to stop before the answer was there. */
  async #writeCut(cut: SnapshotCut, position: SnapshotPosition): Promise<number | null> {
    const { journal } = this.#parts
    if (!(await this.#isAnswered(position))) return null
    const chunks = this.#timed(packChunks(cut.chunks()))
    return (await saveSnapshot(journal, chunks, position)).sizeBytes
  }

  /** Each chunk is packed only when the one before is written, so that none are kept. */
  *#timed(chunks: Iterator<Buffer>): Generator<Buffer> {
    const { metrics, log } = this.#parts
    let longestMs = 0
    for (;;) {
      const startMs = performance.now()
      const next = chunks.next()
      const pauseMs = performance.now() - startMs
      metrics.pauseSeconds.observe(pauseMs / 1e3)
      longestMs = Math.max(longestMs, pauseMs)
      if (next.done === true) break
      yield next.value
    }
    if (longestMs > PAUSE_MS_NOTED)
      log.warn({ at: 'snapshot-pause', pauseMs: Math.round(longestMs) })
  }
}
