/** Where an engine begins: the newest snapshot that loads and is what it says, or an empty market before
 *  the first entry. Throws JournalForeign when neither is there. */
import { createState, loadStateAt } from '../index.ts'
import type { State } from '../index.ts'
import { assertFromBeginning, loadNewestSnapshot } from '../journal/index.ts'
import type { Journal } from '../journal/index.ts'

export async function resumeState(journal: Journal): Promise<State> {
  const state = await loadNewestSnapshot(journal, loadStateAt)
  if (state !== null) return state
  await assertFromBeginning(journal)
  return createState()
}
