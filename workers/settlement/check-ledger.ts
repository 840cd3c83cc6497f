/** Proves the whole ledger from what is stored: the invariants, the digest of the tables against the
 *  engine's, the hash chain from its beginning, and every column of every derived table against what the
 *  record says, by posting it once more. Reads one moment and writes nothing but temporary tables, so it
 *  may run beside a working market. */
import { isDeepStrictEqual } from 'node:util'
import type { Pool, PoolClient } from 'pg'
import { messageOf } from '../../engine/host/index.ts'
import { columnList } from '../../schema/declare/table.ts'
import type { Table } from '../../schema/declare/table.ts'
import { stateDigestOf } from '../../schema/entry.ts'
import { TABLES } from '../../schema/table.ts'
import { assert } from '../../schema/unit.ts'
import type { Sequence } from '../../schema/unit.ts'
import { readCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { Unpostable } from './fold.ts'
import { INVARIANTS } from './invariants.ts'
import { CHART } from './ledger/chart.ts'
import { readMirror } from './load.ts'
import { readArchived } from './rebuild.ts'
import type { RecordedEntry } from './recorded-entry.ts'
import { DERIVED_TABLES, Shadow } from './shadow.ts'
import { START, walkRecord } from './walk-record.ts'

export interface Finding {
  readonly invariant: string
  readonly holds: boolean
  /** What was found, in a few words; of faults the first ones. */
  readonly detail: string
}

const FAULTS_SHOWN = 5
/** Nobody reads more: what is wrong as a whole shows before. */
const FAULTS_FOUND_MAX = 100

/** Every invariant with whether it holds, always all of them. Whatever was written is taken back. */
export async function checkLedger(pool: Pool): Promise<readonly Finding[]> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level repeatable read')
    const findings = await inspectLedger(client)
    await client.query('rollback')
    client.release()
    return findings
  } catch (error) {
    client.release(true)
    throw error
  }
}

/** The same inside a transaction of the caller's. */
export async function inspectLedger(client: PoolClient): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const tell = async (invariant: string, find: () => Promise<readonly unknown[]>) =>
    void findings.push(await told(client, invariant, find))
  for (const { name, faults } of INVARIANTS)
    await tell(name, async () => (await client.query(faults)).rows)
  await tell('the tables have the digest that the engine said', () => compareDigest(client))
  await tell('the chart of accounts is the one that is posted to', () => compareChart(client))
  await tell('every archived snapshot is what the record says', () => proveArchive(client))
  let shadow: Shadow | null = null
  await tell('the hash chain is whole from the first entry', async () => {
    const walk = await walkJournal(client)
    shadow = walk.shadow
    return walk.breaks
  })
  for (const declared of DERIVED_TABLES)
    await tell(`every ${declared.name} is what the record says`, () =>
      compareTable(shadow, declared),
    )
  return findings
}

async function compareTable(shadow: Shadow | null, declared: Table): Promise<readonly string[]> {
  return shadow === null
    ? ['cannot be told: the record could not be posted once more']
    : shadow.compare(declared, FAULTS_FOUND_MAX)
}

/** A finding in any case: what cannot even be read does not hold either. Throws only when the connection
 *  is lost. */
async function told(
  client: PoolClient,
  invariant: string,
  find: () => Promise<readonly unknown[]>,
): Promise<Finding> {
  await client.query('savepoint finding')
  try {
    return finding(invariant, await find())
  } catch (error) {
    await client.query('rollback to savepoint finding')
    return finding(invariant, [`cannot be told: ${messageOf(error)}`])
  }
}

function finding(invariant: string, faults: readonly unknown[]): Finding {
  const shown = faults.slice(0, FAULTS_SHOWN).map((fault) => JSON.stringify(fault, withBigint))
  const more = faults.length > FAULTS_SHOWN ? [`and ${faults.length - FAULTS_SHOWN} more`] : []
  return { invariant, holds: faults.length === 0, detail: [...shown, ...more].join(', ') }
}

/** Sums arrive as bigints, which JSON has no word for. */
function withBigint(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

interface Walk {
  readonly breaks: readonly string[]
  /** Null when some entry could not be posted once more. */
  readonly shadow: Shadow | null
}

/** From the first entry to both cursors: every link of the chain, and all that is settled posted once more
 *  into shadows of the tables. */
async function walkJournal(client: PoolClient): Promise<Walk> {
  const cursors = [
    await readCursor(client, 'recorded'),
    await readCursor(client, 'settled'),
  ] as const
  const [recorded, settled] = cursors
  const breaks = cursors.flatMap((cursor) => faultsOfCursor(cursor, START))
  const shadow = await Shadow.create(client)
  let isPosted = true
  let last: Cursor = START
  for await (const [entry, faults] of walkRecord(client)) {
    last = entry
    if (breaks.length < FAULTS_FOUND_MAX)
      breaks.push(...faults, ...cursors.flatMap((cursor) => faultsOfCursor(cursor, entry)))
    if (!isPosted || entry.sequence > settled.sequence) continue
    const fault = await postAgain(shadow, entry)
    isPosted = fault === null
    if (fault !== null) breaks.push(fault)
  }
  if (last.sequence !== recorded.sequence)
    breaks.push(`the record ends at ${last.sequence}, its cursor is at ${recorded.sequence}`)
  if (settled.sequence > last.sequence)
    breaks.push(`settled ${settled.sequence} is ahead of the record`)
  if (isPosted) await shadow.finish()
  return { breaks, shadow: isPosted ? shadow : null }
}

async function postAgain(shadow: Shadow, entry: RecordedEntry): Promise<string | null> {
  try {
    await shadow.post(entry)
    return null
  } catch (error) {
    if (error instanceof Unpostable) return error.message
    throw error
  }
}

/** A cursor that says it stands at this entry says all of it. */
function faultsOfCursor(cursor: Cursor, at: Cursor): readonly string[] {
  if (cursor.sequence !== at.sequence) return []
  const isThere =
    cursor.id === at.id &&
    cursor.digest === at.digest &&
    Buffer.from(cursor.chainHash).equals(at.chainHash)
  return isThere ? [] : [`the cursor at sequence ${at.sequence} is not what is recorded there`]
}

async function compareChart(client: PoolClient): Promise<readonly unknown[]> {
  const { rows } = await client.query<Record<string, unknown>>(
    `select ${columnList(TABLES.ledger_chart)} from ledger_chart order by code`,
  )
  return rows.length === CHART.length
    ? CHART.filter((account, index) => !isDeepStrictEqual(account, rows[index]))
    : [{ accounts: rows.length, ofTheCode: CHART.length }]
}

/** Each is loaded and held against the record. */
async function proveArchive(client: PoolClient): Promise<readonly unknown[]> {
  const { identity } = await readOne<{ identity: string }>(
    client,
    'select identity from market_identity',
  )
  const { rows } = await client.query<{ sequence: Sequence }>(
    'select distinct sequence from engine_snapshot order by sequence',
  )
  const faults: unknown[] = []
  for (const { sequence } of rows) {
    try {
      await readArchived(client, sequence, identity)
    } catch (error) {
      faults.push({ sequence, why: messageOf(error) })
    }
  }
  return faults
}

async function readOne<Row extends object>(client: PoolClient, query: string): Promise<Row> {
  const { rows } = await client.query<Row>(query)
  assert(rows[0] !== undefined && rows.length === 1, `${query}: one row`)
  return rows[0]
}

async function compareDigest(client: PoolClient): Promise<readonly unknown[]> {
  const settled = await readCursor(client, 'settled')
  const ledger = (await readMirror(client, settled.sequence)).digest()
  const { sequence } = settled
  const engine = stateDigestOf(settled.digest)
  return ledger === engine ? [] : [{ sequence, engine, ledger }]
}
