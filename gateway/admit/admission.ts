/** From requests to journal entries and back to answers.
 *
 *  While one entry is being written the next one gathers, so entries grow with the load and each fsync
 *  carries more. What an entry holds is kept as runs, (request, how many of its commands), so that a
 *  batch of a hundred costs no more bookkeeping than one bid. The answers come by the event stream and
 *  are matched by batch number: they may be read before the write itself is known to have worked.
 *
 *  What is taken in is bounded by what is answered: a command counts until its answer is read, whether or
 *  not its caller still waits, or until it is certain that it will never have an effect. */
import {
  ACK_STAGES,
  ACK_WAIT_MS_MAX,
  assert,
  COMMANDS_PER_ENTRY_MAX,
  COMMANDS_QUEUED_MAX,
  COMMANDS_UNANSWERED_MAX,
  compareEntryIds,
  ENGINE_SILENT_MS_MAX,
  ENTRIES_UNANSWERED_MAX,
  GENESIS,
  JOURNAL_WAIT_MS_MAX,
  reject,
} from '../../schema/index.ts'
import type {
  AckStage,
  Command,
  EntryId,
  EventEntry,
  Reject,
  Sequence,
} from '../../schema/index.ts'
import type { Standing } from '../../engine/host/index.ts'
import type { Admitted } from './admitted.ts'
import { Waiting } from './waiting.ts'

/** engine/journal's CommandWriter. */
export interface Writer {
  readonly source: string
  readonly nextBatch: number
  append(commands: readonly Command[]): Promise<{ readonly id: EntryId }>
}

interface Run {
  readonly request: Admitted
  readonly count: number
}

/** An entry that was written and whose events have not been read yet. */
interface UnderWay {
  readonly batch: number
  readonly runs: readonly Run[]
  readonly commands: number
  /** Where it lies in the journal; null until that is known. */
  id: EntryId | null
}

interface Options {
  readonly writer: Writer
  readonly now: () => number
  /** The write ended for good, which only a broken set-up or the end of the process brings about. */
  readonly onFault: (error: unknown) => void
  /** Tells how long a request took to its answer. */
  readonly onAck?: (stage: AckStage, waitMs: number) => void
}

/** For who comes in a moment of more than the engine carries, and for who comes in an outage. */
const CROWD_RETRY_MS = 100
const OUTAGE_RETRY_MS = 1_000

export class Admission {
  readonly #options: Options
  #queue: Admitted[] = []
  /** Commands of the first request in the queue that already are in an entry. */
  #queueOffset = 0
  #queued = 0
  /** Commands of `#entries`. */
  #written = 0
  /** Entries of the journal without their events, as far as was last looked. */
  #ahead = 0
  /** Entries up to here are never read. */
  #unreadUntil: EntryId = GENESIS
  /** When an engine was last heard, or what is now waited for was written. */
  #heardAtMs = 0
  #isWriting = false
  #isScheduled = false
  /** In the order of their batches. Not a Map, see client/numbered.ts. */
  #entries: UnderWay[] = []
  /** By arrival, for those that wait too long; told ones are passed over. */
  readonly #arrivals = new Waiting<Admitted>()
  readonly #stages: Readonly<Record<Exclude<AckStage, 'durable'>, Waiting<Admitted>>> = {
    recorded: new Waiting(),
    settled: new Waiting(),
  }
  #reached = { recorded: 0, settled: 0 }
  #open = 0
  /** Entries that were answered, whoever asked. */
  #heard = 0

  constructor(options: Options) {
    this.#options = options
  }

  /** Requests whose askers have not heard yet. */
  get open(): number {
    return this.#open
  }

  /** Commands not yet in an entry. */
  get queued(): number {
    return this.#queued
  }

  /** Entries whose events have not been read yet. */
  get entriesUnderWay(): number {
    return this.#entries.length
  }

  /** How the market stands: something waits for the journal or for an engine, whoever asked it, and so many entries
   *  were answered. */
  standing(): Standing {
    const isWaiting = this.#queued > 0 || this.#isWriting || !this.#isIdle
    return { isWaiting, reached: this.#heard }
  }

  /** Commands taken in whose answers have not been read. */
  get unanswered(): number {
    return this.#queued + this.#written
  }

  /** Entries of the journal that no engine has answered, whoever wrote them. */
  get ahead(): number {
    return this.#ahead
  }

  /** Takes a request in, whole or not at all. */
  admit(request: Admitted): Reject | null {
    const retryAfterMs = this.#busyMs(request.commands.length)
    if (retryAfterMs > 0) return reject('busy', { retryAfterMs })
    this.#queue.push(request)
    this.#queued += request.commands.length
    this.#open++
    this.#arrivals.add(request)
    this.#schedule()
    return null
  }

  /** Answers what this gateway asked in `entry`. */
  onEntry(entry: EventEntry): void {
    this.#heardAtMs = this.#options.now()
    this.#heard++
    if (entry.source !== this.#options.writer.source) return
    const at = this.#entries.findIndex(({ batch }) => batch === entry.batch)
    const underWay = this.#entries[at]
    if (underWay === undefined) return
    this.#forget(underWay)
    // A duplicate, whose first was missed; or given up unwritten. Either way there is no answer to give.
    if (entry.answered.length === 0) this.#failAll(underWay)
    else this.#answer(underWay, entry)
    this.#arrivals.shiftWhile(isOver, nothing)
  }

  /** How many entries of the journal no engine has answered, as of now. */
  onAhead(entries: number): void {
    if (this.#isIdle) this.#heardAtMs = this.#options.now()
    this.#ahead = entries
  }

  #answer(underWay: UnderWay, entry: EventEntry): void {
    let place = 0
    for (const { request, count } of underWay.runs) {
      for (const end = place + count; place < end; place++) {
        const events = entry.answered[place]
        assert(events !== undefined, 'every command of an entry is answered')
        request.take(events)
      }
      request.sequence = entry.sequence
      request.atMs = entry.atMs
      if (request.isWhole) this.#onDurable(request)
    }
    assert(place === entry.answered.length, 'every answer of an entry has its command')
  }

  /** How far the record and the ledger have come. */
  onWatermark(stage: 'recorded' | 'settled', sequence: Sequence): void {
    if (sequence <= this.#reached[stage]) return
    this.#reached[stage] = sequence
    const waiting = this.#stages[stage]
    for (let first = waiting.first; first !== undefined; first = waiting.first) {
      if (!first.isTold && first.sequence > sequence) break
      waiting.shift()
      this.#tell(first, stage)
    }
  }

  /** Tells those who have waited as long as anyone has to. Called now and then. */
  sweep(): void {
    const now = this.#options.now()
    for (const stage of ['recorded', 'settled'] as const)
      this.#stages[stage].shiftWhile(
        (request) => request.isTold || request.arrivedAtMs + ACK_WAIT_MS_MAX <= now,
        (request) => this.#tell(request, this.#stageOf(request.sequence)),
      )
    this.#arrivals.shiftWhile(
      (request) => isOver(request) || request.arrivedAtMs + JOURNAL_WAIT_MS_MAX <= now,
      (request) => {
        if (!request.isWhole) this.#fail(request)
      },
    )
    this.#dropUnheard()
  }

  /** Entries up to `id` will not be read: what was asked in them has happened, and the same key will tell.
   *  Of one that is being written it is not known yet whether it is among them. */
  abandonUntil(id: EntryId): void {
    this.#unreadUntil = id
    for (const entry of this.#entries.filter((underWay) => this.#isUnread(underWay))) {
      this.#forget(entry)
      this.#failAll(entry)
    }
  }

  #isUnread({ id }: UnderWay): boolean {
    return id !== null && compareEntryIds(id, this.#unreadUntil) <= 0
  }

  /** Nothing is waited for: that no engine says anything means nothing. */
  get #isIdle(): boolean {
    return this.#entries.length === 0 && this.#ahead === 0
  }

  /** How long until there may be room for `commands` more; 0 when there is. */
  #busyMs(commands: number): number {
    const silentMs = this.#isIdle ? 0 : this.#options.now() - this.#heardAtMs
    if (silentMs > ENGINE_SILENT_MS_MAX || this.#ahead > ENTRIES_UNANSWERED_MAX)
      return OUTAGE_RETRY_MS
    if (this.#queued + commands > COMMANDS_QUEUED_MAX) return CROWD_RETRY_MS
    return this.unanswered + commands > COMMANDS_UNANSWERED_MAX ? CROWD_RETRY_MS : 0
  }

  /** Nobody waits for what heads the queue, and it is in no entry: it never will be. */
  #dropUnheard(): void {
    const from = this.#queueOffset > 0 ? 1 : 0
    let until = from
    while (this.#queue[until]?.isTold === true) until++
    for (const { commands } of this.#queue.splice(from, until - from))
      this.#queued -= commands.length
  }

  #forget(entry: UnderWay): void {
    this.#entries.splice(this.#entries.indexOf(entry), 1)
    this.#written -= entry.commands
  }

  #failAll({ runs }: UnderWay): void {
    for (const { request } of runs) this.#fail(request)
  }

  #onDurable(request: Admitted): void {
    if (request.isTold) return
    const { ack, sequence } = request
    if (ACK_STAGES.indexOf(this.#stageOf(sequence)) >= ACK_STAGES.indexOf(ack) || ack === 'durable')
      this.#tell(request, this.#stageOf(sequence))
    else this.#stages[ack].add(request)
  }

  #stageOf(sequence: Sequence): AckStage {
    if (sequence <= this.#reached.settled) return 'settled'
    return sequence <= this.#reached.recorded ? 'recorded' : 'durable'
  }

  #tell(request: Admitted, stage: AckStage): void {
    if (request.isTold) return
    request.isTold = true
    request.stage = stage
    this.#open--
    this.#options.onAck?.(stage, this.#options.now() - request.arrivedAtMs)
    request.asker.onAnswered(request)
  }

  #fail(request: Admitted): void {
    if (request.isTold) return
    request.isTold = true
    this.#open--
    request.asker.onFailed(request, reject('journal-unavailable', { retryAfterMs: 1_000 }))
  }

  /** All messages of this turn of the event loop go into the same entry. */
  #schedule(): void {
    if (this.#isWriting || this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#write().catch(this.#options.onFault)
    })
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return
    this.#isWriting = true
    while (this.#queued > 0) {
      const runs: Run[] = []
      const commands = this.#gather(runs)
      const { writer } = this.#options
      if (this.#isIdle) this.#heardAtMs = this.#options.now()
      const entry: UnderWay = {
        batch: writer.nextBatch,
        runs,
        commands: commands.length,
        id: null,
      }
      this.#entries.push(entry)
      this.#written += commands.length
      entry.id = (await writer.append(commands)).id
      if (this.#isUnread(entry)) this.abandonUntil(this.#unreadUntil)
    }
    this.#isWriting = false
  }

  #gather(runs: Run[]): Command[] {
    const commands: Command[] = []
    let taken = 0
    for (const request of this.#queue) {
      const from = this.#queueOffset
      const count = Math.min(
        request.commands.length - from,
        COMMANDS_PER_ENTRY_MAX - commands.length,
      )
      for (let place = from; place < from + count; place++)
        commands.push(request.commands[place] as Command)
      runs.push({ request, count })
      const isLast = from + count === request.commands.length
      this.#queueOffset = isLast ? 0 : from + count
      if (isLast) taken++
      if (commands.length === COMMANDS_PER_ENTRY_MAX) break
    }
    this.#queue = taken === this.#queue.length ? [] : this.#queue.slice(taken)
    this.#queued -= commands.length
    return commands
  }
}

/** Nobody waits any longer for the journal to carry it. */
function isOver(request: Admitted): boolean {
  return request.isTold || request.isWhole
}

function nothing(): void {}
