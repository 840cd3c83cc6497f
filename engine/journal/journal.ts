/** The journal of one market, as a process sees it: the two streams and the snapshots in Redis.
 *
 *  Invariants that the rest of this folder keeps and leans on:
 *  - An entry can be read only once it is on disk (appendfsync always, asserted at every connect).
 *  - Every command entry gets exactly one event entry, under the same id, in the same order.
 *  - An entry is never said twice: commands carry `(source, batch)`, events an explicit id.
 *  - A reader never skips: each event names the entry before it, and commands are checked against
 *    the entry at the reader's position.
 *  - Once it is known whose journal it is, every new connection is asked for it: no other one, and none
 *    that was emptied, is taken for it.
 *  - Nothing is tried for ever in silence: an outage is logged once and shown by `readiness`. */
import type { EntryId, MarketIdentity } from '../../schema/entry.ts'
import { journalKeys, SCHEMA_VERSION } from '../../schema/entry.ts'
import { backOff } from '../host/backoff.ts'
import { SILENT_LOG } from '../host/log.ts'
import type { Log } from '../host/log.ts'
import { withoutPassword } from '../host/address.ts'
import { messageOf, SetupFault } from '../host/setup-fault.ts'
import { assertClock, ClocksApart } from './clock.ts'
import { JournalLost } from './failure.ts'
import { assertIdentity } from './identity.ts'
import { Link } from './link.ts'
import type { Argument } from './link.ts'

const ANSWER_MS_MAX = 2_000

export interface JournalOptions {
  readonly url: string
  readonly market: string
  /** After this long without an answer the outcome counts as unknown. */
  readonly commandTimeoutMs?: number
  readonly log?: Log
  /** The version of the schema to write by: the one before ours as long as a role that reads no more
   *  than that may still be running. */
  readonly schemaWritten?: number
  /** Our clock, which Redis' is held against. */
  readonly now?: () => number
}

/** Throws SetupFault, one clear line, when Redis cannot be reached, could lose writes or has another time. */
export async function connectJournal(options: JournalOptions): Promise<Journal> {
  const journal = new Journal(options)
  try {
    await journal.call('PING')
  } catch (error) {
    await journal.close()
    if (!(error instanceof JournalLost)) throw error
    const where = withoutPassword(options.url)
    const line =
      error instanceof ClocksApart
        ? `${error.message} (${where})`
        : `${messageOf(error)}, at ${where}: start it or correct JOURNAL_REDIS_URL`
    throw new SetupFault(line, { cause: error })
  }
  return journal
}

export class Journal {
  readonly market: string
  readonly keys: ReturnType<typeof journalKeys>
  readonly log: Log
  readonly schemaWritten: number
  readonly now: () => number
  /** Where it lies, for messages. */
  readonly where: string
  /** Snapshots that could not be loaded or did not agree, and were passed over. */
  snapshotsUnusable = 0
  /** What is wrong with its clock or with a time in it, see `watchClock`. */
  clockFault: string | null = null
  readonly #options: JournalOptions
  readonly #links = new Set<Link>()
  readonly #write: Link
  readonly #outages = new Map<string, string>()
  #lostAtMs = 0
  #identity: MarketIdentity | null = null
  #isClosed = false

  constructor(options: JournalOptions) {
    this.#options = options
    this.market = options.market
    this.where = withoutPassword(options.url)
    this.keys = journalKeys(options.market)
    this.log = options.log ?? SILENT_LOG
    this.schemaWritten = options.schemaWritten ?? SCHEMA_VERSION
    this.now = options.now ?? Date.now
    this.#write = this.openLink()
  }

  /** Whose journal it is; null as long as nobody has said. */
  get identity(): MarketIdentity | null {
    return this.#identity
  }

  /** From now on it is this market's: a connection to any other throws JournalForeign. Throws it at once
   *  when this one is not. */
  async hold(identity: MarketIdentity): Promise<void> {
    this.#identity = identity
    await assertIdentity(this, this, identity)
  }

  /** One command on the connection for short commands; see Link.call. */
  call(command: string, ...args: readonly Argument[]): Promise<unknown> {
    return this.#write.call(command, ...args)
  }

  /** A connection of one's own, for what blocks or is large. `blockMs` is added to the patience. */
  openLink(blockMs = 0): Link {
    const link = new Link({
      url: this.#options.url,
      answerMsMax: (this.#options.commandTimeoutMs ?? ANSWER_MS_MAX) + blockMs,
      assertOurs: async (caller) => {
        await assertClock(caller, this.now)
        if (this.#identity !== null) await assertIdentity(this, caller, this.#identity)
      },
    })
    this.#links.add(link)
    return link
  }

  closeLink(link: Link): void {
    this.#links.delete(link)
    link.close()
  }

  /** Does `work` again, with growing waits, for as long as it ends in JournalLost: `work` must be
   *  safe to do twice. Throws that JournalLost once `signal` is aborted or the journal is closed,
   *  anything else at once. */
  async persist<T>(what: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await work()
        if (attempt > 1) this.#over(what)
        return result
      } catch (error) {
        const isOver = this.#isClosed || signal?.aborted === true
        if (!(error instanceof JournalLost) || isOver) {
          if (attempt > 1) this.#over(what)
          throw error
        }
        this.#lost(what, error)
        await backOff(attempt, signal)
      }
    }
  }

  /** Why the journal cannot be used now; empty when it can. */
  readiness(): readonly string[] {
    const outages = [...this.#outages].map(([what, reason]) => `journal, ${what}: ${reason}`)
    return this.clockFault === null ? outages : [...outages, `journal: ${this.clockFault}`]
  }

  /** Work under way ends with JournalLost. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const link of this.#links) link.close()
    this.#links.clear()
  }

  #lost(what: string, error: JournalLost): void {
    if (this.#outages.size === 0) {
      this.#lostAtMs = performance.now()
      this.log.warn({ at: 'journal-lost', what, reason: messageOf(error) })
    }
    this.#outages.set(what, messageOf(error))
  }

  #over(what: string): void {
    if (!this.#outages.delete(what) || this.#outages.size > 0) return
    const outageMs = Math.round(performance.now() - this.#lostAtMs)
    this.log.info({ at: 'journal-back', outageMs })
  }
}

/** An id as Redis gives it. */
export function entryIdOf(bytes: Buffer): EntryId {
  return bytes.toString('latin1') as EntryId
}
