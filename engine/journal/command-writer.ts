/** The door through which commands enter the journal: one entry at a time, on disk when it resolves.
 *
 *  While one entry is under way its writer collects the next, so entries grow with the load and a
 *  tick costs one fsync. When an answer is lost nobody knows whether the entry was written: the same
 *  commands are sent again under the same `(source, batch)`, and the engine carries out the first only.
 *  Each time they say when they were sent, by our clock: see clock.ts.
 *
 *  After ENTRY_PATIENCE_MS the same `(source, batch)` is sent without its commands: if none of the attempts
 *  before was written, none ever has an effect, and the events of the entry tell so by answering nothing. */
import { randomBytes } from 'node:crypto'
import { assert } from '../../schema/unit.ts'
import type { AtMs } from '../../schema/unit.ts'
import {
  CLOCKS_APART_MS_MAX,
  COMMANDS_PER_ENTRY_MAX,
  ENTRY_PATIENCE_MS,
} from '../../schema/limit.ts'
import type { Command } from '../../schema/command.ts'
import type { EntryId, Source } from '../../schema/entry.ts'
import { packageAsset } from '../host/asset.ts'
import { ClocksApart } from './clock.ts'
import { encodeCommandBody } from './codec.ts'
import { entryIdOf } from './journal.ts'
import type { Journal } from './journal.ts'
import { Script } from './script.ts'

const append = new Script(packageAsset(import.meta.url, 'append-commands.lua'))

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
      const lapsesAtMs = this.#now() + ENTRY_PATIENCE_MS
      const send = () => this.#send(batch, this.#now() < lapsesAtMs ? commands : [])
      const id = await this.#journal.persist('writing', send, signal)
      return { id, batch }
    } finally {
      this.#isBusy = false
    }
  }

  async #send(batch: number, commands: readonly Command[]): Promise<EntryId> {
    const { keys, schemaWritten, now } = this.#journal
    const atMs = now() as AtMs
    const body = encodeCommandBody(commands, atMs, schemaWritten)
    const args = [this.source, batch, body, atMs, CLOCKS_APART_MS_MAX]
    const answer = (await append.run(this.#journal, [keys.commands], args)) as [Buffer, Buffer]
    const [outcome, fact] = answer
    if (String(outcome) === 'apart') throw new ClocksApart(Number(fact.toString()), atMs)
    return entryIdOf(fact)
  }
}

function monotonicMs(): number {
  return performance.now()
}
