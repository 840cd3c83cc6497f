/** The change to other rules: from the last answer on, what is asked is carried out by this build's.
 *
 *  What was said so far was said by other rules, and nobody of ours can say it again. So there has to be a
 *  snapshot right behind it, as an engine leaves it that is asked to stop, and a copy of it in Postgres, for a
 *  journal that is rebuilt. What was asked since and is not answered waits in the journal, for the new rules. */
import { compareEntryIds } from '../../schema/entry.ts'
import type { EntryId } from '../../schema/entry.ts'
import { loadStateAt } from '../../engine/index.ts'
import { pause, SetupFault } from '../../engine/host/index.ts'
import type { Database } from '../../engine/host/index.ts'
import {
  adoptRules,
  joinRecord,
  lastId,
  listSnapshots,
  loadSnapshot,
  readRules,
  recordRules,
} from '../../engine/journal/index.ts'
import type { HeldRules, Journal, SnapshotHead } from '../../engine/journal/index.ts'
import { RULES } from '../../engine/rules.ts'

/** Settlement looks at new snapshots every few seconds. */
const ARCHIVED_MS_MAX = 30_000
const LOOK_EVERY_MS = 100

/** Returns the rules that hold now, this build's. Throws SetupFault, one clear line, as long as something is
 *  missing: then nothing has changed. May be done again. */
export async function adoptOurRules(db: Database, journal: Journal): Promise<HeldRules> {
  await joinRecord(db, journal)
  let held = await readRules(journal)
  if (held?.rules !== RULES) held = await changeOver(db, journal, held)
  await recordRules(db, journal)
  return held
}

async function changeOver(
  db: Database,
  journal: Journal,
  former: HeldRules | null,
): Promise<HeldRules> {
  const snapshot = await snapshotAtEnd(journal)
  loadStateAt(await loadSnapshot(journal, snapshot), snapshot)
  await untilArchived(db, snapshot)
  if (!(await adoptRules(journal, former, snapshot.id)))
    throw new SetupFault('an engine has answered meanwhile: stop all engines, then try again')
  return { rules: RULES, since: snapshot.id }
}

/** The one that an engine left behind which answered last and was asked to stop. */
async function snapshotAtEnd(journal: Journal): Promise<SnapshotHead> {
  const end = await lastId(journal, journal.keys.events)
  const snapshots = await listSnapshots(journal)
  const found = snapshots.find(({ id }) => compareEntryIds(id, end) === 0)
  if (found !== undefined) return found
  throw new SetupFault(
    `the answers end at entry ${end}, ${newest(snapshots[0]?.id)}: start an engine of the former build, and stop all engines with SIGTERM when it is ready`,
  )
}

function newest(id: EntryId | undefined): string {
  return id === undefined ? 'and there is no snapshot' : `the newest snapshot stands at ${id}`
}

async function untilArchived(db: Database, { id, sequence }: SnapshotHead): Promise<void> {
  const deadline = performance.now() + ARCHIVED_MS_MAX
  while (!(await isArchived(db, id))) {
    if (performance.now() > deadline)
      throw new SetupFault(
        `settlement has not archived the snapshot of sequence ${sequence}: see whether it is ready, then try again`,
      )
    await pause(LOOK_EVERY_MS)
  }
}

async function isArchived(db: Database, id: EntryId): Promise<boolean> {
  const found = await db
    .selectFrom('engine_snapshot')
    .select('number')
    .where('entry_id', '=', id)
    .executeTakeFirst()
  return found !== undefined
}
