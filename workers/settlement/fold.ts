/** One entry of the record becomes transfers and rows, and the ledger's own digest after it is held
 *  against the engine's. */
import { EVENTS } from '../../schema/event.ts'
import type { Event } from '../../schema/event.ts'
import { entryAtMs, stateDigestOf } from '../../schema/entry.ts'
import { decodeCommandBody, decodeEventBody } from '../../engine/journal/index.ts'
import { messageOf } from '../../engine/host/index.ts'
import type { Batch } from './batch.ts'
import { postingsOf } from './ledger/postings.ts'
import type { Mirror } from './mirror.ts'
import { listOutcomes } from './outcome.ts'
import type { Projection } from './projection.ts'
import type { RecordedEntry } from './recorded-entry.ts'
import { changeRows } from './row-changes.ts'

/** An entry that cannot be posted. Nobody may go on behind it before a person has looked. */
export class Unpostable extends Error {
  override readonly name: string = 'Unpostable'
  readonly sequence: number

  /** `place` is where in the entry: "command 3"; null when it is all of it. */
  constructor({ sequence, id }: Entry, place: string | null, why: string, options?: ErrorOptions) {
    const where = place === null ? `entry ${id}` : `entry ${id}, ${place}`
    super(`sequence ${sequence} (${where}): ${why}`, options)
    this.sequence = sequence
  }
}

type Entry = Pick<RecordedEntry, 'sequence' | 'id'>

/** After this entry the ledger and the engine disagree. */
export class DigestMismatch extends Unpostable {
  override readonly name = 'DigestMismatch'

  constructor(entry: Entry, engine: string, ledger: string) {
    super(entry, null, `the engine says ${engine}, the ledger comes to ${ledger}`)
  }
}

/** Adds the entry to the batch. Throws Unpostable: then neither mirror nor batch is worth anything. */
export function foldEntry(entry: RecordedEntry, mirror: Mirror, batch: Batch): void {
  const at: { place: string | null } = { place: null }
  try {
    fold(entry, mirror, batch, at)
  } catch (error) {
    if (error instanceof Unpostable) throw error
    throw new Unpostable(entry, at.place, messageOf(error), { cause: error })
  }
}

/** `at` says all the time where it is: who catches tells it. */
function fold(
  entry: RecordedEntry,
  mirror: Mirror,
  batch: Batch,
  at: { place: string | null },
): void {
  const { sequence } = entry
  const { isDuplicate, timed, answered } = decodeEventBody(entry.events)
  const to = { mirror, batch, atMs: entryAtMs(entry.id) }
  mirror.beginEntry(sequence)
  at.place = 'what time brought about'
  postAll(timed, sequence, to)
  answered.forEach((events, place) => {
    at.place = `command ${place}`
    postAll(events, sequence, to)
  })
  at.place = null
  const digest = mirror.endEntry()
  const engine = stateDigestOf(entry.digest)
  if (digest !== engine) throw new DigestMismatch(entry, engine, digest)
  if (!isDuplicate)
    for (const { accountId, key, place } of listOutcomes(
      decodeCommandBody(entry.commands).commands,
      answered,
    ))
      batch.outcomes.add({ account_id: accountId, key, sequence, place })
  batch.entries.push(entry)
}

function postAll(events: readonly Event[], sequence: number, to: Projection): void {
  for (const event of events) {
    for (const transfer of postingsOf(event)) {
      to.mirror.post(transfer)
      to.batch.transfer(transfer, sequence, EVENTS[event.kind].number, to.atMs)
    }
    changeRows(event, to)
  }
}
