import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client } from 'pg'
import { freePort, startPostgres } from '../../deploy/local/index.ts'
import { migrate } from '../../deploy/migrate.ts'
import { assertMigrated, connectPostgres, listMigrations } from '../../engine/host/index.ts'
import type { Migration } from '../../engine/host/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'lendbook-migrate-'))
let server: Awaited<ReturnType<typeof startPostgres>>

beforeAll(async () => {
  server = await startPostgres({ dataDir: join(folder, 'postgres'), port: await freePort() })
})
afterAll(async () => {
  await server.shutdown()
  rmSync(folder, { recursive: true, force: true })
})

test('of four runners at once one applies each migration, and the next time there is nothing to do', async () => {
  const url = await newDatabase('together')
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(url)))
  expect(applied.flat()).toEqual(listMigrations())
  expect(await migrate(url)).toEqual([])
})

test('a migration that was changed after it had been applied is refused', async () => {
  const url = await newDatabase('changed')
  const first = migration(1, 'create table one (id integer)')
  await migrate(url, [first])
  const changed = migration(1, 'create table one (id bigint)')
  await expect(migrate(url, [changed])).rejects.toThrow(/^migration 1 \(trial\) was changed/)
})

test('a migration that fails leaves nothing of itself, and what came before stays', async () => {
  const url = await newDatabase('failing')
  const good = migration(1, 'create table one (id integer)')
  const bad = migration(2, 'create table two (id integer); insert into nowhere values (1)')
  await expect(migrate(url, [good, bad])).rejects.toThrow(/^migration 2 \(trial\) failed/)
  expect(
    await ask(url, `select to_regclass('one') is not null as one, to_regclass('two') as two`),
  ).toEqual([{ one: true, two: null }])
})

test('a database that is ahead of this build is refused', async () => {
  const url = await newDatabase('ahead')
  const first = migration(1, 'create table one (id integer)')
  await migrate(url, [first, migration(2, 'create table two (id integer)')])
  await expect(migrate(url, [first])).rejects.toThrow('which this build does not know')
})

test('a role works on a database that is ahead by what only adds, and on no other', async () => {
  const url = await newDatabase('rollout')
  const one = migration(1, 'create table one (id integer)')
  const adds = migration(2, '-- accepts: 1\nalter table one add column name text')
  const breaks = migration(3, '-- accepts: 2\nalter table one drop column id')
  const addsAgain = migration(4, '-- accepts: 2\ncreate table two (id integer)')

  await migrate(url, [one])
  expect(await refusalOf(url, 1)).toBeNull()
  expect(await refusalOf(url, 2)).toBe(
    'the database is at schema version 1, this build needs 2: run `node dist/deploy/migrate.js`',
  )
  await migrate(url, [one, adds])
  expect(await refusalOf(url, 1)).toBeNull()
  expect(await refusalOf(url, 2)).toBeNull()
  await migrate(url, [one, adds, breaks, addsAgain])
  expect(await refusalOf(url, 1)).toBe(
    "the database is at schema version 4, newer than this build's 1: run a newer build",
  )
  expect(await refusalOf(url, 2)).toBeNull()
})

test('what was applied before migrations said whom they accept is for its own version only', async () => {
  const url = await newDatabase('former')
  await ask(
    url,
    `create table schema_version (
       number integer primary key, name text not null, checksum text not null,
       applied_at timestamptz not null default now());
     insert into schema_version (number, name, checksum) values (1, 'a', 'b'), (2, 'c', 'd')`,
  )
  expect(await refusalOf(url, 2)).toBeNull()
  expect(await refusalOf(url, 1)).toMatch(/newer than this build's 1/)
})

test('a migration that accepts programs newer than itself is refused', async () => {
  const url = await newDatabase('premature')
  const first = migration(1, '-- accepts: 2\ncreate table one (id integer)')
  await expect(migrate(url, [first])).rejects.toThrow('accepts programs that do not exist yet')
})

test('a server that is not there is one clear line', async () => {
  const url = `postgres://nobody:secret@127.0.0.1:${await freePort()}/nothing`
  const failure = migrate(url)
  await expect(failure).rejects.toThrow(/^cannot use Postgres at [^\n]*correct DATABASE_URL$/)
  await expect(failure).rejects.not.toThrow('secret')
})

/** Why a build that needs schema version `needed` does not start on it; null when it does. */
async function refusalOf(url: string, needed: number): Promise<string | null> {
  const postgres = await connectPostgres({ url, max: 1 })
  try {
    await assertMigrated(postgres.db, needed)
    return null
  } catch (error) {
    return (error as Error).message
  } finally {
    await postgres.close()
  }
}

let files = 0
function migration(number: number, sql: string): Migration {
  const path = join(folder, `${++files}.sql`)
  writeFileSync(path, sql)
  return { number, name: 'trial', path }
}

async function newDatabase(name: string): Promise<string> {
  await ask(server.url, `create database ${name}`)
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return url.href
}

async function ask(url: string, query: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(query)
  await client.end()
  return rows
}
