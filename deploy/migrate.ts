/** Brings the database to this build's schema: each file of schema/migration once, in order, each in a
 *  transaction of its own. Several runners may start at once: a lock lets one through at a time. */
import { createHash } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { z } from 'zod'
import {
  acceptedBy,
  createLog,
  listMigrations,
  messageOf,
  readConfig,
  SetupFault,
  withoutPassword,
} from '../engine/host/index.ts'
import type { Migration } from '../engine/host/index.ts'

/** Any number that nothing else in the database locks. */
const LOCK = 724_501
const CONNECT_MS_MAX = 5_000

/** Returns what was applied now, in order; nothing when the schema was up to date. Throws SetupFault,
 *  one clear line, when the server is out of reach, when a file was changed after it had been applied,
 *  or when the database is ahead of this build. */
export async function migrate(
  databaseUrl: string,
  migrations: readonly Migration[] = listMigrations(),
): Promise<readonly Migration[]> {
  const client = await connect(databaseUrl)
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await client.query(SCHEMA_VERSION)
    const applied = await readApplied(client)
    assertUnchanged(applied, migrations)
    const missing = migrations.filter(({ number }) => !applied.has(number))
    for (const migration of missing) await applyOne(client, migration)
    return missing
  } finally {
    await client.end()
  }
}

/** `accepts` came later, and is null for what was applied before: that accepts no older program. */
const SCHEMA_VERSION = `
  create table if not exists schema_version (
    number      integer primary key,
    name        text not null,
    checksum    text not null,
    applied_at  timestamptz not null default now()
  );
  alter table schema_version add column if not exists accepts integer`

async function connect(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS_MAX,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    throw new SetupFault(
      `cannot use Postgres at ${withoutPassword(url)} (${messageOf(error)}): start it or correct DATABASE_URL`,
      { cause: error },
    )
  }
}

interface Applied {
  readonly number: number
  readonly name: string
  readonly checksum: string
}

async function readApplied(client: Client): Promise<ReadonlyMap<number, Applied>> {
  const { rows } = await client.query<Applied>(
    'select number, name, checksum from schema_version order by number',
  )
  return new Map(rows.map((row) => [row.number, row]))
}

function assertUnchanged(
  applied: ReadonlyMap<number, Applied>,
  migrations: readonly Migration[],
): void {
  for (const { number, name, checksum } of applied.values()) {
    const migration = migrations[number - 1]
    if (migration === undefined)
      throw new SetupFault(
        `the database has migration ${number} (${name}), which this build does not know: run a newer build`,
      )
    if (checksumOf(migration) !== checksum)
      throw new SetupFault(
        `migration ${number} (${name}) was changed after it had been applied: restore the file and put the change into a new one`,
      )
  }
}

async function applyOne(client: Client, migration: Migration): Promise<void> {
  const { number, name, path } = migration
  try {
    await client.query('begin')
    await client.query(readFileSync(path, 'utf8'))
    await client.query(
      'insert into schema_version (number, name, checksum, accepts) values ($1, $2, $3, $4)',
      [number, name, checksumOf(migration), acceptedBy(migration)],
    )
    await client.query('commit')
  } catch (error) {
    throw new SetupFault(`migration ${number} (${name}) failed: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function checksumOf({ path }: Migration): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

async function main(): Promise<void> {
  const log = createLog('migrate')
  const { DATABASE_URL } = readConfig(z.object({ DATABASE_URL: z.string().min(1) }))
  const applied = await migrate(DATABASE_URL)
  for (const { number, name } of applied) log.info({ at: 'migrated', number, name })
}

const started = process.argv[1]
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url))
  main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = error instanceof SetupFault ? 2 : 1
  })
