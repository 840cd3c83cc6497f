/** Connections to the market's Postgres. BIGINT arrives as a number and is asserted to be a safe one:
 *  money must not lose a cent on the way in. NUMERIC, which sums and turnovers are, arrives as a bigint. */
import { Kysely, PostgresDialect } from 'kysely'
import { DatabaseError, Pool, types } from 'pg'
import { assert } from '../../schema/unit.ts'
import type { Tables } from '../../schema/table.ts'
import { withoutPassword } from './address.ts'
import type { Log } from './log.ts'
import { SILENT_LOG } from './log.ts'
import { listMigrations } from './migration.ts'
import { messageOf, SetupFault } from './setup-fault.ts'

const CONNECT_MS_MAX = 5_000
/** A server that was killed would otherwise keep a query waiting for the kernel's minutes. */
const QUERY_MS_MAX = 60_000

export type Database = Kysely<Tables>

export interface Postgres {
  readonly pool: Pool
  readonly db: Database
  /** Why the database cannot be used now; empty when it can. */
  readiness(): readonly string[]
  close(): Promise<void>
}

interface PostgresOptions {
  readonly url: string
  /** Connections at most. */
  readonly max: number
  readonly log?: Log
  /** What the server shows its sessions as. */
  readonly name?: string
  /** How long one query may take: for work on whole tables. */
  readonly queryMsMax?: number
}

/** Throws SetupFault, one clear line, when the server cannot be reached or refuses us. */
export async function connectPostgres({
  url,
  max,
  log = SILENT_LOG,
  name,
  queryMsMax = QUERY_MS_MAX,
}: PostgresOptions): Promise<Postgres> {
  const pool = new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: queryMsMax,
    keepAlive: true,
    ...(name !== undefined && { application_name: name }),
    types: { getTypeParser: parserOf },
  })
  const outage = watchOutage(pool, log)
  try {
    await pool.query('select 1')
  } catch (error) {
    await pool.end()
    throw new SetupFault(
      `cannot use Postgres at ${withoutPassword(url)} (${messageOf(error)}): start it or correct DATABASE_URL`,
      { cause: error },
    )
  }
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  let closing: Promise<void> | null = null
  return { pool, db, readiness: outage, close: () => (closing ??= db.destroy()) }
}

/** Throws SetupFault when this build cannot work on the database: it is behind this build's schema version,
 *  or ahead of it by a migration that accepts no program as old as this one. */
export async function assertMigrated(
  db: Database,
  needed: number = listMigrations().length,
): Promise<void> {
  const { found, accepts } = await schemaVersion(db)
  if (found < needed)
    throw new SetupFault(
      `the database is at schema version ${found}, this build needs ${needed}: run \`node dist/deploy/migrate.js\``,
    )
  if (needed < accepts)
    throw new SetupFault(
      `the database is at schema version ${found}, newer than this build's ${needed}: run a newer build`,
    )
}

interface SchemaVersion {
  readonly found: number
  /** The oldest version whose programs may work on it: the one that the strictest migration accepts. */
  readonly accepts: number
}

/** 0 for a database that was never migrated. All columns are asked for: one that no build since has
 *  migrated does not have `accepts`. */
async function schemaVersion(db: Database): Promise<SchemaVersion> {
  const tables = db as unknown as Kysely<{
    schema_version: { number: number; accepts?: number | null }
  }>
  try {
    const rows = await tables.selectFrom('schema_version').selectAll().execute()
    const found = Math.max(0, ...rows.map(({ number }) => number))
    const accepts = Math.max(0, ...rows.map((row) => row.accepts ?? row.number))
    return { found, accepts }
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '42P01') return { found: 0, accepts: 0 }
    throw error
  }
}

/** Idle connections that break are no fault of a query: noted once per outage, over once a
 *  connection succeeds again. Without a listener the process would die of it. */
function watchOutage(pool: Pool, log: Log): () => readonly string[] {
  let reason: string | null = null
  pool.on('error', (error) => {
    if (reason === null) log.warn({ at: 'postgres-lost', error: messageOf(error) })
    reason = `Postgres: ${messageOf(error)}`
  })
  pool.on('connect', (client) => {
    // One that breaks while it is checked out fails its query too; unheard, it would end the process.
    client.on('error', () => {})
    if (reason !== null) log.info({ at: 'postgres-back' })
    reason = null
  })
  return () => (reason === null ? [] : [reason])
}

const parserOf: typeof types.getTypeParser = (oid, format) => {
  if (format === 'binary') return types.getTypeParser(oid, format)
  if (oid === types.builtins.INT8) return safeNumber
  if (oid === types.builtins.NUMERIC) return BigInt
  // A calendar day has no time zone; a Date would give it ours.
  if (oid === types.builtins.DATE) return (text: string) => text
  return types.getTypeParser(oid, 'text')
}

function safeNumber(text: string): number {
  const value = Number(text)
  assert(Number.isSafeInteger(value), `BIGINT ${text} is beyond what a number holds`)
  return value
}
