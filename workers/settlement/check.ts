/** `node dist/workers/settlement/check.js`: one line for each invariant; exit 0 when all hold, 1 when
 *  one does not, 2 when the database cannot be used. */
import { z } from 'zod'
import {
  assertMigrated,
  connectPostgres,
  messageOf,
  readConfig,
  SetupFault,
} from '../../engine/host/index.ts'
import { checkLedger } from './check-ledger.ts'

/** One query goes over a whole table. */
const QUERY_MS_MAX = 60 * 60_000

async function main(): Promise<number> {
  const { DATABASE_URL } = readConfig(z.object({ DATABASE_URL: z.string().min(1) }))
  const postgres = await connectPostgres({ url: DATABASE_URL, max: 1, queryMsMax: QUERY_MS_MAX })
  try {
    await assertMigrated(postgres.db)
    const findings = await checkLedger(postgres.pool)
    for (const { invariant, holds, detail } of findings)
      process.stdout.write(
        `${holds ? 'ok  ' : 'FAIL'}  ${invariant}${holds ? '' : `: ${detail}`}\n`,
      )
    return findings.every(({ holds }) => holds) ? 0 : 1
  } finally {
    await postgres.close()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = error instanceof SetupFault ? 2 : 1
}
