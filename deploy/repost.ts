/** `node dist/deploy/repost.js`: makes the derived tables anew from the record, by this build. Settlement has
 *  to be stopped. Exit 0 when they are what the record says, 1 when the record cannot be posted, 2 when the
 *  surroundings are not as they must be; then one line says what to do. */
import { z } from 'zod'
import {
  assertMigrated,
  connectPostgres,
  createLog,
  messageOf,
  readConfig,
  SetupFault,
} from '../engine/host/index.ts'
import { repostLedger } from '../workers/settlement/repost.ts'

/** One statement goes over a whole table. */
const QUERY_MS_MAX = 60 * 60_000

async function main(): Promise<void> {
  const { DATABASE_URL: url } = readConfig(z.object({ DATABASE_URL: z.string().min(1) }))
  const log = createLog('repost')
  const postgres = await connectPostgres({ url, max: 2, queryMsMax: QUERY_MS_MAX, log })
  try {
    await assertMigrated(postgres.db)
    log.info({ at: 'reposted', ...(await repostLedger(postgres.pool, log)) })
  } finally {
    await postgres.close()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = error instanceof SetupFault ? 2 : 1
})
