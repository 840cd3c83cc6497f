/** The declarations of the tables against a database that the migrations made. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort, startPostgres } from '../../deploy/local/index.ts'
import { migrate } from '../../deploy/migrate.ts'
import { connectPostgres } from '../../engine/host/index.ts'
import type { Postgres } from '../../engine/host/index.ts'
import {
  bigint,
  bytea,
  columnList,
  date,
  filled,
  integer,
  jsonb,
  nullable,
  numeric,
  oneOf,
  original,
  smallint,
  someOf,
  table,
  text,
  timestamp,
  uuid,
} from '../../schema/declare/table.ts'
import type { NewRow, Table } from '../../schema/declare/table.ts'
import { atMs, TABLES } from '../../schema/index.ts'
import { addToColumns, setColumns } from '../../workers/settlement/change.ts'
import { insertRows } from '../../workers/settlement/copy.ts'

const folder = mkdtempSync(join(tmpdir(), 'lendbook-table-'))
let server: Awaited<ReturnType<typeof startPostgres>>
let postgres: Postgres

beforeAll(async () => {
  server = await startPostgres({ dataDir: join(folder, 'postgres'), port: await freePort() })
  await migrate(server.url)
  postgres = await connectPostgres({ url: server.url, max: 2 })
})
afterAll(async () => {
  await postgres.close()
  await server.shutdown()
  rmSync(folder, { recursive: true, force: true })
})

test('every table of the database is declared, and no other', async () => {
  const { rows } = await postgres.pool.query<{ name: string }>(
    `select relname as name from pg_class
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
        and relname <> 'schema_version' order by relname`,
  )
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(TABLES).sort())
})

test.each(Object.entries(TABLES))('%s is as it is declared', async (name, declared) => {
  expect(declared.name).toBe(name)
  expect(await columnsOf(name)).toEqual(declaredColumns(declared))
  expect(await keyOf(name)).toEqual(declared.key)
})

/** The database asks for the words of some lists: a new word needs a migration, or its first row would
 *  stop settlement. */
test.each(Object.entries(TABLES))(
  '%s takes the words of its closed lists',
  async (name, declared) => {
    for (const [column, words] of await checkedWords(name))
      expect(words.sort(), column).toEqual(listOf(declared, column))
  },
)

test('rows of every kind of column arrive as they were, nulls included', async () => {
  await withTable(async (client) => {
    await insertRows(client, EVERY_KIND, [FULL, EMPTY])
    const { rows } = await client.query(
      `select ${columnList(EVERY_KIND)} from every_kind order by id`,
    )
    const read = { counted: 7, moment: new Date(FULL.moment), closed: null }
    expect(rows).toEqual([
      { ...FULL, ...read, closed: new Date(CLOSED_MS) },
      { ...EMPTY, ...read, moment: new Date(EMPTY.moment) },
    ])
  })
})

test('a group of columns changes alone, row by row', async () => {
  await withTable(async (client) => {
    await insertRows(client, EVERY_KIND, [FULL, EMPTY])
    await setColumns(client, EVERY_KIND, 'state', [
      { id: 1, word: 'two', closed: null },
      { id: 2, word: 'one', closed: atMs(CLOSED_MS) },
    ])
    const { rows } = await client.query(
      'select id, word, closed, small from every_kind order by id',
    )
    expect(rows).toEqual([
      { id: 1, word: 'two', closed: null, small: FULL.small },
      { id: 2, word: 'one', closed: new Date(CLOSED_MS), small: EMPTY.small },
    ])
    const missing = setColumns(client, EVERY_KIND, 'state', [{ id: 3, word: 'one', closed: null }])
    await expect(missing).rejects.toThrow('every row that changed is written')
  })
})

test('what is added to is summed, and begins with what is added first', async () => {
  const { ledger_account: account } = TABLES
  await withTable(async (client) => {
    const change = { code: 2001, owner: 7, debits_minor: 0n, credits_minor: 2n ** 80n }
    await addToColumns(client, account, 'balance', [change])
    await addToColumns(client, account, 'balance', [{ ...change, debits_minor: 200n }])
    const { rows } = await client.query('select * from ledger_account where owner = 7')
    expect(rows).toEqual([{ ...change, debits_minor: 200n, credits_minor: 2n ** 81n }])
  })
})

const EVERY_KIND = table('every_kind', {
  columns: {
    id: bigint(),
    small: smallint(),
    whole: integer(),
    sum: numeric(),
    word: oneOf(['one', 'two']),
    words: someOf(['one', 'two']),
    free: text(),
    key: uuid(),
    bytes: bytea(),
    moment: timestamp(),
    closed: nullable(timestamp()),
    day: date(),
    body: jsonb(),
    counted: filled(integer(), '7'),
  },
  key: ['id'],
  changes: { state: ['word', 'closed'] },
  origin: original('A test.'),
})

const CLOSED_MS = 1_767_225_600_123

const FULL: NewRow<typeof EVERY_KIND> = {
  id: 1,
  small: -3,
  whole: 2_000_000_000,
  sum: 12_345_678_901_234_567_890_123_000_000n,
  word: 'one',
  words: ['two', 'one'],
  free: '借款 “1” \\ {}, €',
  key: '0198f2a4-5b6c-7d8e-9fab-0123456789ab',
  bytes: Buffer.from([0, 1, 255]),
  moment: atMs(1_767_225_600_001),
  closed: atMs(CLOSED_MS),
  day: '2024-02-29',
  body: { loanId: 1, name: '借款' },
}
const EMPTY: NewRow<typeof EVERY_KIND> = {
  ...FULL,
  id: 2,
  sum: -10_000n,
  words: [],
  free: '',
  bytes: Buffer.alloc(0),
  moment: atMs(1),
  closed: null,
  day: '1999-12-31',
  body: [],
}

/** In a transaction that is taken back. */
async function withTable(work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await postgres.pool.connect()
  const columns = Object.entries(EVERY_KIND.columns).map(
    ([name, { type, fill }]) => `${name} ${type}${fill === null ? '' : ` default ${fill}`}`,
  )
  try {
    await client.query(`begin; create table every_kind (${columns.join(', ')})`)
    await work(client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

interface FoundColumn {
  readonly type: string
  readonly isNullable: boolean
  readonly fill: string | null
}

function declaredColumns({ columns }: Table): Record<string, FoundColumn> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, { type, isNullable, fill }]) => [
      name,
      { type, isNullable, fill },
    ]),
  )
}

async function columnsOf(name: string): Promise<Record<string, FoundColumn>> {
  const { rows } = await postgres.pool.query<FoundColumn & { column: string }>(
    `select a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
            not a.attnotnull as "isNullable",
            case when a.attidentity <> '' then 'identity' else pg_get_expr(d.adbin, d.adrelid) end as fill
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
    [name],
  )
  return Object.fromEntries(rows.map(({ column, ...found }) => [column, found]))
}

async function keyOf(name: string): Promise<readonly string[]> {
  const { rows } = await postgres.pool.query<{ column: string }>(
    `select a.attname as column
       from pg_index i
       cross join unnest(i.indkey) with ordinality as k (attnum, place)
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where i.indrelid = $1::regclass and i.indisprimary order by k.place`,
    [name],
  )
  return rows.map(({ column }) => column)
}

/** Of the columns that a check holds to a list of words: the words. */
async function checkedWords(name: string): Promise<(readonly [string, string[]])[]> {
  const { rows } = await postgres.pool.query<{ check: string }>(
    `select pg_get_constraintdef(oid) as check from pg_constraint
      where conrelid = $1::regclass and contype = 'c'`,
    [name],
  )
  return rows.flatMap(({ check }) => {
    const [, column, list] = /^CHECK \(\((\w+) = ANY \(ARRAY\[(.*)\]\)\)\)/.exec(check) ?? []
    if (column === undefined || list === undefined) return []
    return [[column, [...list.matchAll(/'([^']*)'::text/g)].map(([, word = '']) => word)] as const]
  })
}

function listOf({ columns }: Table, column: string): readonly string[] {
  return [...(columns[column]?.words ?? [])].sort()
}
