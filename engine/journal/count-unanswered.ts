/** How much lies in the journal that no engine has answered yet, whoever wrote it. */
import { packageAsset } from '../host/asset.ts'
import type { Journal } from './journal.ts'
import { Script } from './script.ts'

const count = new Script(packageAsset(import.meta.url, 'count-unanswered.lua'))

/** Entries of commands that are without their events. Throws JournalLost when the journal does not say. */
export async function countUnanswered(journal: Journal): Promise<number> {
  const { commands, events } = journal.keys
  return (await count.run(journal, [commands, events], [])) as number
}
