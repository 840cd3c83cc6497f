/** Says what came of a run of entries: append-events.lua decides what of it is new.
 *
 *  Any number of engines may say the same; the first wins, entry by entry, and the others find out
 *  here that they agree with it. The same run may be sent again when its answer was lost. */
import { compareEntryIds } from '../../schema/entry.ts'
import type { EntryId, EventEntry } from '../../schema/entry.ts'
import { assert } from '../../schema/unit.ts'
import { packageAsset } from '../host/asset.ts'
import { RULES } from '../rules.ts'
import { encodeEventBody } from './codec.ts'
import { Diverged } from './failure.ts'
import type { Journal } from './journal.ts'
import type { Argument } from './link.ts'
import { rulesDiffer } from './rules.ts'
import { Script } from './script.ts'
import { readEventHead } from './stored-entry.ts'
import type { StoredEntry } from './stored-entry.ts'

/** One script call stays small enough not to hold up the writers of commands. */
const APPEND_BYTES_MAX = 1024 * 1024

const append = new Script(packageAsset(import.meta.url, 'append-events.lua'))
const digestAt = new Script(packageAsset(import.meta.url, 'digest-at.lua'))

export interface Appended {
  readonly appended: number
  /** Entries of the run that somebody had said before, with the same digest. */
  readonly refused: number
}

/** Appends those of `entries` that are not there yet. Throws Diverged when an entry that is there
 *  has another digest, or when the run does not follow on the stream; RulesDiffer when other rules hold;
 *  JournalLost when unknown. */
export async function appendEvents(
  journal: Journal,
  entries: readonly EventEntry[],
): Promise<Appended> {
  let appended = 0
  for (const run of runsOf(entries, journal.schemaWritten))
    appended += await appendRun(journal, run)
  return { appended, refused: entries.length - appended }
}

/** What an engine came to at an entry, to be compared with what the journal holds. */
export type Conclusion = Pick<EventEntry, 'id' | 'sequence' | 'digest'>

/** Whether everything up to `entry` has been said. Throws Diverged when it was said differently, EntryUnreadable
 *  when what stands in its place is no entry of ours, RulesDiffer when other rules hold by now. */
export async function isSaid(journal: Journal, entry: Conclusion): Promise<boolean> {
  const { events, rules } = journal.keys
  const answer = (await digestAt.run(journal, [events, rules], [entry.id])) as Buffer[]
  const [last = '', digest = '', rulesHeld = '', held = ''] = answer.map(String)
  if (rulesHeld !== '' && !rulesHeld.startsWith(`${RULES} `)) throw rulesDiffer(journal, rulesHeld)
  if (compareEntryIds(last as EntryId, entry.id) < 0) return false
  // Trimmed away there is nothing to compare; there, but without a digest, it was written by somebody else.
  if (held !== '' && digest === '') await assertReads(journal, [entry.id, entry.id])
  if (digest !== '' && digest !== entry.digest) throw differs([entry], entry.id, digest)
  return true
}

interface Run {
  readonly entries: EventEntry[]
  readonly bodies: Buffer[]
}

function* runsOf(entries: readonly EventEntry[], schemaWritten: number): Generator<Run> {
  let run: Run = { entries: [], bodies: [] }
  let sizeBytes = 0
  for (const entry of entries) {
    const body = encodeEventBody(entry, schemaWritten)
    if (sizeBytes > 0 && sizeBytes + body.length > APPEND_BYTES_MAX) {
      yield run
      run = { entries: [], bodies: [] }
      sizeBytes = 0
    }
    run.entries.push(entry)
    run.bodies.push(body)
    sizeBytes += body.length
  }
  if (run.entries.length > 0) yield run
}

async function appendRun(journal: Journal, { entries, bodies }: Run): Promise<number> {
  const args: Argument[] = [RULES]
  let before: EntryId | undefined
  entries.forEach((entry, index) => {
    assert(before === undefined || entry.previousId === before, 'a run has no gaps')
    before = entry.id
    const { id, source, batch, sequence, previousId, digest } = entry
    args.push(id, source, batch, sequence, previousId, digest, bodies[index] ?? '')
  })
  const { events, rules } = journal.keys
  const answer = (await append.run(journal, [events, rules], args)) as unknown[]
  const [outcome = '', fact = '', digest = ''] = answer.map(String)
  if (outcome === 'said') return Number(fact)
  if (outcome === 'rules') throw rulesDiffer(journal, fact)
  await assertReads(journal, ['+', '-', 'COUNT', 1])
  throw outcome === 'differs' ? differs(entries, fact, digest) : gap(entries, fact)
}

/** An engine that does not follow on what somebody else has put there has not diverged. Throws EntryUnreadable. */
async function assertReads(journal: Journal, range: readonly Argument[]): Promise<void> {
  const found = (await journal.call('XREVRANGE', journal.keys.events, ...range)) as StoredEntry[]
  for (const newest of found) readEventHead(newest)
}

/** The digest is over everything an engine holds, so one comparison covers all entries before. */
function differs(entries: readonly Conclusion[], id: string, digest: string): Diverged {
  const mine = entries.find((entry) => entry.id === id)
  return new Diverged(
    `entry ${id} (sequence ${mine?.sequence}): the journal holds digest ${digest}, this engine came to ${mine?.digest}`,
  )
}

function gap(entries: readonly EventEntry[], lastId: string): Diverged {
  const [first] = entries
  const last = entries.at(-1)
  return new Diverged(
    `entries ${first?.id} to ${last?.id} follow ${first?.previousId}, but the events end at ${lastId}`,
  )
}
