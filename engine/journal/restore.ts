/** Writes a journal back into an empty Redis, from what was recorded of it.
 *
 *  It carries no identity until it is whole, so nobody reads it or writes to it meanwhile: engines wait,
 *  everyone else refuses it. A mark says for whom it is written, so that a writer who was broken off can go
 *  on where he was. */
import type { EntryId, MarketIdentity } from '../../schema/entry.ts'
import type { Sequence } from '../../schema/unit.ts'
import { packageAsset } from '../host/asset.ts'
import { SetupFault } from '../host/setup-fault.ts'
import { isEmpty } from './join-record.ts'
import type { Journal } from './journal.ts'
import type { Argument } from './link.ts'
import type { RawPair } from './read-pairs.ts'
import { lineOf } from './rules.ts'
import type { HeldRules } from './rules.ts'
import { Script } from './script.ts'
import { readEventHead } from './stored-entry.ts'
import type { EventHead, StoredEntry } from './stored-entry.ts'

/** One script call and one fsync, and no more than one answer of Redis has to wait for. */
export const RESTORED_ENTRIES_MAX = 100

const restore = new Script(packageAsset(import.meta.url, 'restore-entries.lua'))
const finish = new Script(packageAsset(import.meta.url, 'finish-restoring.lua'))

/** Marks the journal. Returns the last entry that a writer before us came to; null when there is none.
 *  Throws SetupFault when the journal is not empty, save for what such a writer left. */
export async function beginRestoring(
  journal: Journal,
  identity: MarketIdentity,
): Promise<EventHead | null> {
  const { rebuilding, events } = journal.keys
  const mark = (await journal.call('GET', rebuilding)) as Buffer | null
  if (mark?.toString() !== identity) {
    if (!(await isEmpty(journal)))
      throw new SetupFault(
        `the journal at ${journal.where} is not empty: if it is lost, stop its Redis, remove its data and start it again`,
      )
    await journal.call('SET', rebuilding, identity)
  }
  const [last] = (await journal.call('XREVRANGE', events, '+', '-', 'COUNT', 1)) as StoredEntry[]
  return last === undefined ? null : readEventHead(last)
}

/** At most RESTORED_ENTRIES_MAX, which follow on the last that was written. */
export async function restoreEntries(journal: Journal, pairs: readonly RawPair[]): Promise<void> {
  const args = pairs.flatMap((pair): Argument[] => {
    const { id, source, batch, sequence, previousId, digest, commandsBody, eventsBody } = pair
    return [id, source, batch, sequence, previousId, digest, commandsBody, eventsBody]
  })
  const { commands, events } = journal.keys
  await restore.run(journal, [commands, events], args)
}

/** From now on it is the journal of `identity`, `last` its last entry, and kept by the rules `held`. */
export async function finishRestoring(
  journal: Journal,
  identity: MarketIdentity,
  last: { readonly id: EntryId; readonly sequence: Sequence },
  held: HeldRules | null,
): Promise<void> {
  const { commands, events, identity: carried, rebuilding, rules } = journal.keys
  const args = [identity, last.sequence, last.id, held === null ? '' : lineOf(held)]
  await finish.run(journal, [commands, events, carried, rebuilding, rules], args)
  await journal.hold(identity)
}
