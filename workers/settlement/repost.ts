/** The derived tables, made anew from the record by this build: what was posted wrongly, or changed behind
 *  the record's back, is put right. What does not follow from the record stays: when a job was done, when a
 *  row was written. */
import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { derivedColumns } from '../../schema/declare/table.ts'
import type { Table } from '../../schema/declare/table.ts'
import { assert } from '../../schema/unit.ts'
import { SetupFault } from '../../engine/host/index.ts'
import type { Log } from '../../engine/host/index.ts'
import { readCursor, setCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { takeLease } from './lease.ts'
import { RecordNotWhole } from './rebuild.ts'
import { DERIVED_TABLES, differs, nameOfShadow, sameKey, Shadow } from './shadow.ts'
import { transact } from './transact.ts'
import { START, walkRecord } from './walk-record.ts'

export interface Reposted {
  /** The last entry that is posted. */
  readonly sequence: number
  /** Rows put in, put right and taken away, by table; those that were right are left out. */
  readonly changed: Readonly<Record<string, number>>
}

/** All of it or nothing. Throws SetupFault while a settler works, RecordNotWhole when the record is not what
 *  was recorded, Unpostable when this build cannot post an entry that was posted before. */
export async function repostLedger(pool: Pool, log: Log): Promise<Reposted> {
  const asked = new AbortController()
  const refuse = () => asked.abort()
  const holder = randomUUID()
  const lease = await takeLease({ pool, holder, log, stop: asked.signal, onStandby: refuse })
  if (lease === null)
    throw new SetupFault('a settler works: stop settlement, and start it again when this is done')
  try {
    let reposted: Reposted | null = null
    await transact(pool, BEGIN, async (client) => {
      reposted = await repost(client)
    })
    assert(reposted !== null, 'a transaction that is committed has done its work')
    return reposted
  } finally {
    await lease.release()
  }
}

/** Workers wait: a schedule that is stored meanwhile would be neither in the record's rows nor in ours. */
const BEGIN = `
  begin isolation level repeatable read;
  lock table ${DERIVED_TABLES.map(({ name }) => name).join(', ')} in exclusive mode`

async function repost(client: PoolClient): Promise<Reposted> {
  const settled = await readCursor(client, 'settled')
  const shadow = await Shadow.create(client)
  const last = await postUpTo(client, shadow, settled.sequence)
  await shadow.finish()
  const changed: Record<string, number> = {}
  const count = (name: string, rows: number) => {
    if (rows > 0) changed[name] = (changed[name] ?? 0) + rows
  }
  // Rows go before those that they refer to, and come after.
  for (const declared of DERIVED_TABLES.toReversed())
    count(declared.name, await takeAway(client, declared))
  for (const declared of DERIVED_TABLES) {
    count(declared.name, await putRight(client, declared))
    count(declared.name, await putIn(client, declared))
  }
  for (const declared of DERIVED_TABLES)
    assert((await shadow.compare(declared, 1)).length === 0, `${declared.name} is as recorded`)
  await setCursor(client, 'settled', last)
  return { sequence: last.sequence, changed }
}

async function postUpTo(client: PoolClient, shadow: Shadow, sequence: number): Promise<Cursor> {
  let last: Cursor = START
  for await (const [entry, faults] of walkRecord(client)) {
    if (entry.sequence > sequence) break
    if (faults.length > 0) throw new RecordNotWhole(`the record is not whole: ${faults.join(', ')}`)
    await shadow.post(entry)
    last = entry
  }
  if (last.sequence !== sequence)
    throw new RecordNotWhole(
      `the record is not whole: it ends at ${last.sequence}, before ${sequence}`,
    )
  return last
}

function takeAway(client: PoolClient, declared: Table): Promise<number> {
  return rowsOf(
    client,
    `delete from ${declared.name} t
      where not exists (select from ${nameOfShadow(declared)} s where ${sameKey(declared)})`,
  )
}

function putRight(client: PoolClient, declared: Table): Promise<number> {
  const sets = derivedColumns(declared).map((name) => `${name} = s.${name}`)
  return rowsOf(
    client,
    `update ${declared.name} t set ${sets.join(', ')}
       from ${nameOfShadow(declared)} s where ${sameKey(declared)} and ${differs(declared)}`,
  )
}

function putIn(client: PoolClient, declared: Table): Promise<number> {
  const columns = derivedColumns(declared)
  return rowsOf(
    client,
    `insert into ${declared.name} (${columns.join(', ')})
     select ${columns.map((name) => `s.${name}`).join(', ')} from ${nameOfShadow(declared)} s
      where not exists (select from ${declared.name} t where ${sameKey(declared)})`,
  )
}

async function rowsOf(client: PoolClient, statement: string): Promise<number> {
  return (await client.query(statement)).rowCount ?? 0
}
