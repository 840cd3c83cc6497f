/** `node dist/deploy/rebuild-journal.js`: writes a journal that was lost back into an empty Redis, from the
 *  record in Postgres. `JOURNAL_REDIS_URL` names the journal's `admin`: no role may write all of it. Exit 0 when it is whole, 1 when the record is not, 2 when the surroundings are not
 *  as they must be; then one line says what to do. */
import { z } from 'zod'
import {
  assertMigrated,
  connectPostgres,
  createLog,
  messageOf,
  readConfig,
  SetupFault,
} from '../engine/host/index.ts'
import { connectJournal } from '../engine/journal/index.ts'
import { rebuildJournal } from '../workers/settlement/rebuild.ts'

const settings = z.object({
  DATABASE_URL: z.string().min(1),
  JOURNAL_REDIS_URL: z.string().min(1),
  MARKET: z.string().min(1).default('demo'),
})

async function main(): Promise<void> {
  const { DATABASE_URL, JOURNAL_REDIS_URL: url, MARKET: market } = readConfig(settings)
  const log = createLog('rebuild-journal')
  const postgres = await connectPostgres({ url: DATABASE_URL, max: 1 })
  try {
    await assertMigrated(postgres.db)
    const journal = await connectJournal({ url, market })
    try {
      log.info({ at: 'rebuilt', ...(await rebuildJournal(postgres, journal, log)) })
    } finally {
      await journal.close()
    }
  } finally {
    await postgres.close()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = error instanceof SetupFault ? 2 : 1
})
