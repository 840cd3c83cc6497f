/** Where the journal ends just now, whoever wrote it. */
import { sequence } from '../../schema/index.ts'
import type { Sequence } from '../../schema/index.ts'
import { packageAsset } from '../host/asset.ts'
import type { Journal } from './journal.ts'
import { Script } from './script.ts'

const end = new Script(packageAsset(import.meta.url, 'journal-end.lua'))

/** The sequence of the newest entry, answered or not. Throws JournalLost when the journal does not say. */
export async function readJournalEnd(journal: Journal): Promise<Sequence> {
  return sequence((await end.run(journal, [journal.keys.commands], [])) as number)
}
