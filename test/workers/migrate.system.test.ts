import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client } from 'pg'
import { freePort, startPostgres } from '../../deploy/local/index.ts'
import { migrate } from '../../deploy/migrate.ts'
import { listMigrations } from '../../engine/host/index.ts'
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

test('a server that is not there is one clear line', async () => {
  const url = `postgres://nobody:secret@127.0.0.1:${await freePort()}/nothing`
  const failure = migrate(url)
  await expect(failure).rejects.toThrow(/^cannot use Postgres at [^\n]*correct DATABASE_URL$/)
  await expect(failure).rejects.not.toThrow('secret')
})

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
