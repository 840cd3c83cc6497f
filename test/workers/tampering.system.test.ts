/** Nothing in the database can be changed behind the record's back: the check goes over every column of
 *  every table, and so does this, by the declarations. */
import type { PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column, Table } from '../../schema/declare/table.ts'
import { TABLES } from '../../schema/table.ts'
import { inspectLedger } from '../../workers/settlement/check-ledger.ts'
import { faultsOf, SEED, startLedger, until, untilSettled } from './ledger-fixture.ts'
import type { LedgerFixture } from './ledger-fixture.ts'

process.stdout.write(`SEED=${SEED}\n`)

let ledger: LedgerFixture
let client: PoolClient

beforeAll(async () => {
  ledger = await startLedger({ settlements: 1, workers: 1 })
  await ledger.engine.open()
  await ledger.engine.run(32)
  await ledger.engine.fillOne()
  await ledger.engine.saveSnapshot()
  await ledger.engine.run(8)
  await untilSettled(ledger)
  await until('all jobs are done', async () => (await count(`outbox where done_at is null`)) === 0)
  await until('a snapshot is archived', async () => (await count('engine_snapshot')) > 0)
  client = await ledger.postgres.pool.connect()
})
afterAll(async () => {
  client.release(true)
  await ledger.stop()
})

/** What follows from nothing that is recorded. A column that comes onto this list is a decision. */
const NOT_FOUND: Readonly<Record<string, readonly string[]>> = {
  market_identity: ['carried_at', 'rules', 'rules_since'],
  engine_snapshot: ['created_at'],
  outbox: ['created_at', 'sent_at', 'attempts', 'done_at'],
  schedule: ['created_at'],
}

/** Tables of which the record knows nothing. */
const APART = ['settlement_lease', 'person', 'device', 'session']

test('an honest market has no faults', async () => {
  expect(await faultsOf(ledger.postgres)).toEqual([])
})

for (const declared of Object.values(TABLES) as readonly Table[]) {
  if (APART.includes(declared.name)) continue
  const { name, columns } = declared
  const unfound = NOT_FOUND[name] ?? []
  describe(`of ${name}`, () => {
    for (const [column, kind] of Object.entries(columns)) {
      if (unfound.includes(column)) continue
      test(`a changed ${column} is found`, async () => {
        const found = await faultsAfter(
          declared,
          `update ${name} set ${column} = ${otherThan(column, kind, declared.key.includes(column))} where ctid = ${middleOf(declared)}`,
        )
        expect(found.join('\n')).toMatch(declared.origin.isDerived ? told(declared, column) : /./)
      })
    }
    test('a row that is gone is found', async () => {
      const found = await faultsAfter(
        declared,
        `delete from ${name} where ctid = ${middleOf(declared)}`,
      )
      expect(found.join('\n')).toMatch(declared.origin.isDerived ? /is missing/ : /./)
    })
    if (!declared.origin.isDerived) return
    test('a row that was added is found', async () => {
      const [first = ''] = declared.key
      const others = Object.keys(columns).map((column) =>
        column === first ? otherThan(column, columns[column] as Column, true) : column,
      )
      const found = await faultsAfter(
        declared,
        `insert into ${name} (${Object.keys(columns).join(', ')})
         select ${others.join(', ')} from ${name} where ctid = ${middleOf(declared)}`,
      )
      expect(found.join('\n')).toMatch(/is not in the record/)
    })
  })
}

/** A column of the key: the row with its right key is missing, and one with a wrong key too many. */
function told({ name, key }: Table, column: string): RegExp {
  return key.includes(column)
    ? new RegExp(`every ${name} is what the record says: .*(is missing|is not in the record)`)
    : new RegExp(`every ${name} is what the record says: .*${name} [^"]*: ${column} is `)
}

function middleOf({ name, key }: Table): string {
  const order = key.join(', ')
  return `(select ctid from ${name} order by ${order} offset (select count(*) / 2 from ${name}) limit 1)`
}

/** Another value of the same kind; of a key, one that no other row has. */
function otherThan(column: string, { type, words, fill }: Column, isKey: boolean): string {
  const by = isKey ? 10_000 : 1
  if (fill === 'gen_random_uuid()') return fill
  if (words !== null && !isKey)
    return `case ${column} when '${words[0]}' then '${words[1]}' else '${words[0]}' end`
  switch (type) {
    case 'bigint':
    case 'integer':
    case 'smallint':
    case 'numeric':
      return `coalesce(${column}, 0) + ${by}`
    case 'text':
      return `${column} || 'x'`
    case 'uuid':
      return 'gen_random_uuid()'
    case 'bytea':
      return `${column} || '\\x00'`
    case 'timestamp with time zone':
      return `coalesce(${column}, now()) + interval '1 second'`
    case 'date':
      return `${column} + 1`
    case 'jsonb':
      return `'{"loanId": 1000000}'`
    case 'text[]':
      return `${column} || '{x}'`
  }
}

/** Checks in the transaction that tampers, and takes it back. What the database itself would refuse is
 *  allowed: who tampers does not ask it. */
async function faultsAfter(declared: Table, change: string): Promise<readonly string[]> {
  await client.query('begin')
  try {
    await dropConstraints(declared)
    expect((await client.query(change)).rowCount).toBe(1)
    const findings = await inspectLedger(client)
    return findings
      .filter(({ holds }) => !holds)
      .map(({ invariant, detail }) => `${invariant}: ${detail}`)
  } finally {
    await client.query('rollback')
  }
}

/** All that check or refer, of this table and to it. */
async function dropConstraints({ name }: Table): Promise<void> {
  const { rows } = await client.query<{ name: string; of: string }>(
    `select conname as name, conrelid::regclass::text as of from pg_constraint
      where contype in ('c', 'f') and (conrelid = $1::regclass or confrelid = $1::regclass)`,
    [name],
  )
  for (const constraint of rows)
    await client.query(`alter table ${constraint.of} drop constraint "${constraint.name}"`)
}

async function count(from: string): Promise<number> {
  const { rows } = await ledger.postgres.pool.query<{ count: number }>(
    `select count(*) as count from ${from}`,
  )
  return rows[0]?.count ?? 0
}
