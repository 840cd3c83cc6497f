/** The journal of a new market gets its identity here, before any of the programs has been started; that of
 *  an old one is held to it. Every program that sees both asks again: asked here first, the answer of a
 *  journal that cannot be used comes before any of them. */
import { connectPostgres } from '../../engine/host/index.ts'
import { connectJournal, joinRecord } from '../../engine/journal/index.ts'
import type { Urls } from './roles.ts'

export async function joinJournal(urls: Urls, market: string): Promise<void> {
  const journal = await connectJournal({ url: urls.journalUrl, market })
  try {
    const postgres = await connectPostgres({ url: urls.databaseUrl, max: 1 })
    try {
      await joinRecord(postgres.db, journal)
    } finally {
      await postgres.close()
    }
  } finally {
    await journal.close()
  }
}
