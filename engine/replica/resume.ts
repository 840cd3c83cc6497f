/** Where an engine begins: the newest snapshot that loads and is what it says, or an empty market before
 *  the first entry; never before the entry since which its rules hold. Throws RulesDiffer when others hold,
 *  JournalForeign when there is nothing to begin with. */
import { GENESIS } from '../../schema/entry.ts'
import { createState, loadStateAt } from '../index.ts'
import type { State } from '../index.ts'
import {
  assertFromBeginning,
  assertOurRules,
  JournalForeign,
  loadNewestSnapshot,
} from '../journal/index.ts'
import type { Journal } from '../journal/index.ts'

export async function resumeState(journal: Journal): Promise<State> {
  const since = await assertOurRules(journal)
  const state = await loadNewestSnapshot(journal, loadStateAt, since)
  if (state !== null) return state
  if (since !== GENESIS)
    throw new JournalForeign(
      `no snapshot at entry ${since} of the journal at ${journal.where} or behind it can be loaded, and what lies before was said by other rules: run a build of those rules, or restore the snapshot`,
    )
  await assertFromBeginning(journal)
  return createState()
}
