/** The door through which commands enter the journal: one entry at a time, on disk when it resolves.
 *
 *  While one entry is under way its writer collects the next, so entries grow with the load and a
 *  tick costs one fsync. When an answer is lost nobody knows whether the entry was written: the same
 *  bytes are sent again under the same `(source, batch)`, and the engine carries out the first only.
 *
 *  After ENTRY_PATIENCE_MS the same `(source, batch)` is sent without its commands: if none of the attempts
 *  before was written, none ever has an effect, and the events of the entry tell so by answering nothing. */
import { randomBytes } from 'node:crypto'
import { assert } from '../../schema/unit.ts'
import { COMMANDS_PER_ENTRY_MAX, ENTRY_PATIENCE_MS } from '../../schema/limit.ts'
import type { Command } from '../../schema/command.ts'
import type { EntryId, Source } from '../../schema/entry.ts'
import { encodeCommandBody } from './codec.ts'
import { entryIdOf } from './journal.ts'
import type { Journal } from './journal.ts'

export interface Written {
  /** The entry that is on disk for certain; when it was sent again, another one may lie before it. */
  readonly id: EntryId
  readonly batch: number
}

interface WriterOptions {
  /** Must never have written before: batches count up from 1 for each source. */
  readonly source?: Source
  /** A clock that nobody can set. */
  readonly now?: () => number
}

export class CommandWriter {
  readonly source: Source
  readonly #journal: Journal
  readonly #now: () => number
  #batch = 0
  #isBusy = false

  constructor(
    journal: Journal,
    { source = randomBytes(9).toString('base64url'), now = monotonicMs }: WriterOptions = {},
  ) {
    this.#journal = journal
    this.#now = now
    this.source = source
  }

  /** The batch that the next `append` will carry. Its events may be read before `append` resolves,
   *  and are recognised by `(source, batch)`, not by the entry's id. */
  get nextBatch(): number {
    return this.#batch + 1
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Writes at most COMMANDS_PER_ENTRY_MAX commands as one entry, none only to move the journal's
   *  clock. Tries until something is written under its batch, the commands or, when that took too long,
   *  nothing in their place; throws JournalLost, outcome unknown, once `signal` is
   *  aborted. Must not be called again before it has settled. */
  async append(commands: readonly Command[], signal?: AbortSignal): Promise<Written> {
    assert(!this.#isBusy, 'one entry is under way')
    assert(commands.length <= COMMANDS_PER_ENTRY_MAX, `${commands.length} commands in one entry`)
    this.#isBusy = true
    this.#batch += 1
    const batch = this.#batch
    try {
      const body = encodeCommandBody(commands, this.#journal.schemaWritten)
      const lapsesAtMs = this.#now() + ENTRY_PATIENCE_MS
      const send = () => this.#send(batch, this.#now() < lapsesAtMs ? body : this.#nothing())
      const id = await this.#journal.persist('writing', send, signal)
      return { id, batch }
    } finally {
      this.#isBusy = false
    }
  }

  #nothing(): Buffer {
    return encodeCommandBody([], this.#journal.schemaWritten)
  }

  async #send(batch: number, body: Buffer): Promise<EntryId> {
    const { commands } = this.#journal.keys
    const fields = ['s', this.source, 'b', batch, 'd', body]
    return entryIdOf((await this.#journal.call('XADD', commands, '*', ...fields)) as Buffer)
  }
}

function monotonicMs(): number {
  return performance.now()
}
