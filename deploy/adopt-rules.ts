/** `node dist/deploy/adopt-rules.js`: from the last answer on, the engines of this build carry out what is asked.
 *  `JOURNAL_REDIS_URL` names the journal's `admin`: no role may set the rules. Exit 0 when its rules hold, 2 when something is missing for that; then one line says what to do. */
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
import { adoptOurRules } from '../workers/settlement/adopt.ts'

const settings = z.object({
  DATABASE_URL: z.string().min(1),
  JOURNAL_REDIS_URL: z.string().min(1),
  MARKET: z.string().min(1).default('demo'),
})

async function main(): Promise<void> {
  const { DATABASE_URL, JOURNAL_REDIS_URL: url, MARKET: market } = readConfig(settings)
  const log = createLog('adopt-rules')
  const postgres = await connectPostgres({ url: DATABASE_URL, max: 1 })
  try {
    await assertMigrated(postgres.db)
    const journal = await connectJournal({ url, market })
    try {
      log.info({ at: 'rules-hold', ...(await adoptOurRules(postgres.db, journal)) })
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
