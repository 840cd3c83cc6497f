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

  constructor(sequence: number, why: string, options?: ErrorOptions) {
    super(`sequence ${sequence}: ${why}`, options)
    this.sequence = sequence
  }
}

/** After this entry the ledger and the engine disagree. */
export class DigestMismatch extends Unpostable {
  override readonly name = 'DigestMismatch'

  constructor(sequence: number, engine: string, ledger: string) {
    super(sequence, `the engine says ${engine}, the ledger comes to ${ledger}`)
  }
}

/** Adds the entry to the batch. Throws Unpostable: then neither mirror nor batch is worth anything. */
export function foldEntry(entry: RecordedEntry, mirror: Mirror, batch: Batch): void {
  try {
    fold(entry, mirror, batch)
  } catch (error) {
    if (error instanceof Unpostable) throw error
    throw new Unpostable(entry.sequence, messageOf(error), { cause: error })
  }
}

function fold(entry: RecordedEntry, mirror: Mirror, batch: Batch): void {
  const { sequence } = entry
  const { isDuplicate, timed, answered } = decodeEventBody(entry.events)
  const to = { mirror, batch, atMs: entryAtMs(entry.id) }
  mirror.beginEntry(sequence)
  postAll(timed, sequence, to)
  for (const events of answered) postAll(events, sequence, to)
  const digest = mirror.endEntry()
  const engine = stateDigestOf(entry.digest)
  if (digest !== engine) throw new DigestMismatch(sequence, engine, digest)
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
