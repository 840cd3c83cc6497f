/** One engine at work: follows the commands, applies them, says what came of them.
 *
 *  While one round is being said the next is read and applied already; rounds are said in order. */
import { setImmediate } from 'node:timers/promises'
import type { State } from '../index.ts'
import { applyEntry, dueAtMs, nextDue } from '../index.ts'
import { compareEntryIds } from '../../schema/entry.ts'
import type { CommandEntry, EntryId, EventEntry } from '../../schema/entry.ts'
import type { EngineSettings } from '../config.ts'
import { pause } from '../host/backoff.ts'
import type { Log } from '../host/log.ts'
import { JournalLost, readCommands } from '../journal/index.ts'
import type { Journal } from '../journal/index.ts'
import { keepClock } from './idle-clock.ts'
import type { ReplicaMetrics } from './metrics.ts'
import { SnapshotKeeper } from './snapshot-keeper.ts'
import { Speaker } from './speaker.ts'

/** After this long without an entry the journal counts as quiet. */
const QUIET_MS = 20
/** Some milliseconds of work, and enough to share the cost of one append. */
const COMMANDS_PER_PART = 1_024
/** A snapshot can fall due while nothing comes. */
const CONSIDER_EVERY_MS = 1_000

interface Parts {
  readonly journal: Journal
  readonly state: State
  readonly settings: EngineSettings
  readonly metrics: ReplicaMetrics
  readonly log: Log
  readonly signal: AbortSignal
}

export class Replica {
  readonly #parts: Parts
  readonly #speaker: Speaker
  readonly #keeper: SnapshotKeeper
  #saying: Promise<void> = Promise.resolve()
  #lastEntryMs = 0
  #saidId: EntryId
  /** Rejected when answering has failed for good, which nobody may be waiting for at that moment. */
  readonly #failure: Promise<never>
  #fail: (error: unknown) => void = () => {}

  constructor(parts: Parts) {
    this.#parts = parts
    this.#saidId = parts.state.id
    this.#failure = new Promise((_resolve, reject) => {
      this.#fail = reject
    })
    this.#failure.catch(() => {})
    this.#speaker = new Speaker(
      parts.journal,
      parts.metrics,
      parts.signal,
      parts.settings.SECOND_ENGINE_WAIT_MS,
    )
    this.#keeper = new SnapshotKeeper({ ...parts, isFirst: () => this.#speaker.isFirst })
  }

  /** The last entry that is said, by whoever. */
  get saidId(): EntryId {
    return this.#saidId
  }

  /** Has applied everything up to `id`. */
  hasReached(id: EntryId): boolean {
    return compareEntryIds(this.#parts.state.id, id) >= 0
  }

  /** Works until the signal is aborted and the last round is said. Throws what no retry can mend. */
  async run(): Promise<void> {
    const works = [this.#follow(), this.#considerSnapshots(), this.#keepClock()]
    await Promise.race([Promise.all(works), this.#failure])
    await Promise.race([this.#saying, this.#failure])
    await this.#keeper.leave()
  }

  /** Ends at an entry on which nobody may act, once what came before it is said. */
  async #follow(): Promise<void> {
    const { journal, state, signal } = this.#parts
    try {
      await readCommands(journal, {
        from: state.id,
        signal,
        onEntries: (entries) => this.#round(entries),
      })
    } finally {
      await this.#saying
    }
  }

  async #round(entries: readonly CommandEntry[]): Promise<void> {
    for (const part of partsOf(entries)) {
      const answers = this.#apply(part)
      await this.#saying
      this.#saying = this.#say(answers)
      // Lets the answers out of the process before the next part takes the thread.
      await setImmediate()
    }
    this.#keeper.consider()
  }

  #apply(entries: readonly CommandEntry[]): EventEntry[] {
    const { state, metrics } = this.#parts
    const startMs = performance.now()
    const answers = entries.map((entry) => applyEntry(state, entry))
    metrics.tickSeconds.observe((performance.now() - startMs) / 1e3)
    this.#count(entries, answers)
    return answers
  }

  async #say(answers: readonly EventEntry[]): Promise<void> {
    try {
      await this.#speaker.say(answers)
      this.#saidId = answers.at(-1)?.id ?? this.#saidId
    } catch (error) {
      // What was not said is said by another engine, or by this one when it is started again.
      if (!(error instanceof JournalLost) || !this.#parts.signal.aborted) this.#fail(error)
    }
  }

  async #considerSnapshots(): Promise<void> {
    const { signal } = this.#parts
    while (!signal.aborted) {
      await pause(CONSIDER_EVERY_MS, signal)
      this.#keeper.consider()
    }
  }

  #count(entries: readonly CommandEntry[], answers: readonly EventEntry[]): void {
    const { tally } = this.#parts.metrics
    tally.entries += entries.length
    for (const entry of entries) tally.commands += entry.commands.length
    for (const answer of answers) if (answer.isDuplicate) tally.duplicates += 1
    tally.sequence = this.#parts.state.sequence
    this.#lastEntryMs = performance.now()
  }

  #keepClock(): Promise<void> {
    const { journal, state, signal } = this.#parts
    const watched = {
      nextDue: () => {
        const next = nextDue(state)
        return next === null ? null : { listingId: next.listingId, dueAtMs: dueAtMs(next) }
      },
      isQuiet: () => performance.now() - this.#lastEntryMs > QUIET_MS,
      isFirst: () => this.#speaker.isFirst,
    }
    return keepClock(journal, watched, signal)
  }
}

/** A backlog is answered in parts, so that the first callers need not wait for the last. */
function* partsOf(entries: readonly CommandEntry[]): Generator<readonly CommandEntry[]> {
  let part: CommandEntry[] = []
  let commands = 0
  for (const entry of entries) {
    part.push(entry)
    commands += entry.commands.length
    if (commands < COMMANDS_PER_PART) continue
    yield part
    part = []
    commands = 0
  }
  if (part.length > 0) yield part
}
