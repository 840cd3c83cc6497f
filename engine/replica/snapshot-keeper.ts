/** Sees to it that there is always a fairly new snapshot, at no cost to those who wait for answers.
 *
 *  An engine that is second takes it, and the first only when nobody else has: their turns come at once and after
 *  twice the interval. It goes on meanwhile, and stops for a slice of a millisecond at a time
 *  (engine/snapshot/cut.ts, snapshot-slices.ts).
 *
 *  A snapshot is published only when the journal holds the answer to its last entry, with the same
 *  digest: whoever starts from it will never answer that entry again. */
import { pause } from '../host/backoff.ts'
import { SnapshotCut } from '../index.ts'
import type { State } from '../index.ts'
import type { EngineSettings } from '../config.ts'
import type { Log } from '../host/log.ts'
import { isSaid, JournalLost, listSnapshots, saveSnapshot } from '../journal/index.ts'
import type { Journal } from '../journal/index.ts'
import type { ReplicaMetrics } from './metrics.ts'
import { packInSlices } from './snapshot-slices.ts'

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

  /** To be called between rounds. What is begun goes on by itself. */
  consider(): void {
    if (this.#saving !== null || !this.#isDue()) return
    this.#saving = this.#save().finally(() => {
      this.#saving = null
    })
  }

  /** The last one of an engine that was asked to stop: it stands where the engine stopped, unless the newest
   *  does so already, or what came last was not said. The next engine begins there, also one of other rules. */
  async leave(): Promise<void> {
    await this.#saving
    if (this.#parts.state.sequence > this.#sequence) await this.#save()
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
    return this.#parts.isFirst() ? 2 : 1
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
    const { journal, state } = this.#parts
    const startMs = performance.now()
    const cut = new SnapshotCut(state, journal.schemaWritten)
    this.#note(performance.now() - startMs)
    try {
      if (await this.#isAnswered(cut)) await this.#writeCut(cut)
    } finally {
      cut.end()
    }
  }

  async #writeCut(cut: SnapshotCut): Promise<void> {
    const { journal, metrics, log, signal } = this.#parts
    const { id, sequence, digest } = cut
    const startMs = performance.now()
    const chunks = packInSlices(cut, signal, (sliceMs) => this.#note(sliceMs))
    const { sizeBytes } = await saveSnapshot(journal, chunks, { id, sequence, digest })
    const saveMs = performance.now() - startMs
    this.#sequence = sequence
    metrics.snapshotSeconds.observe(saveMs / 1e3)
    metrics.tally.snapshotBytes = sizeBytes
    metrics.tally.snapshotSequence = sequence
    log.info({ at: 'snapshot', sequence, sizeBytes, saveMs: Math.round(saveMs) })
  }

  /** Waits for the answer to the last entry; false when asked to stop meanwhile. */
  async #isAnswered(position: SnapshotCut): Promise<boolean> {
    const { journal, signal } = this.#parts
    while (!(await isSaid(journal, position))) {
      if (signal.aborted) return false
      await pause(LOOK_EVERY_MS, signal)
    }
    return true
  }

  /** Callers wait while the cut begins, and for each of its slices. */
  #note(pauseMs: number): void {
    this.#parts.metrics.pauseSeconds.observe(pauseMs / 1e3)
  }
}
