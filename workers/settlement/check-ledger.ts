/** Proves the whole ledger from what is stored: the invariants, the hash chain from its beginning, every
 *  answer's outcome, and the digest of the tables against the engine's. Reads one moment, so it may run
 *  beside a working market. */
import type { Pool, PoolClient } from 'pg'
import { messageOf } from '../../engine/host/index.ts'
import { columnList } from '../../schema/declare/table.ts'
import type { RowOf } from '../../schema/declare/table.ts'
import { TABLES } from '../../schema/table.ts'
import { CHAIN_START, chainHash } from './chain.ts'
import { readCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { INVARIANTS } from './invariants.ts'
import { readMirror } from './load.ts'
import { outcomesOf } from './outcome.ts'
import { entryOf } from './recorded-entry.ts'
import type { RecordedEntry } from './recorded-entry.ts'
import { transact } from './transact.ts'

export interface Finding {
  readonly invariant: string
  readonly holds: boolean
  /** What was found, in a few words; of faults the first ones. */
  readonly detail: string
}

const FAULTS_SHOWN = 3
const ENTRIES_PER_PAGE = 500
const BEGIN = `begin isolation level repeatable read read only`

/** Every invariant with whether it holds, always all of them. */
export async function checkLedger(pool: Pool): Promise<readonly Finding[]> {
  let findings: readonly Finding[] = []
  await transact(pool, BEGIN, async (client) => {
    findings = await inspectLedger(client)
  })
  return findings
}

/** The same inside a transaction of the caller's. */
export async function inspectLedger(client: PoolClient): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const tell = async (invariant: string, find: () => Promise<readonly unknown[]>) =>
    void findings.push(await told(client, invariant, find))
  for (const { name, faults } of INVARIANTS)
    await tell(name, async () => (await client.query(faults)).rows)
  let answers = 0
  await tell('the hash chain is whole from the first entry', async () => {
    const walk = await walkJournal(client)
    answers = walk.answers
    return walk.breaks
  })
  await tell('every answer has its outcome', () => countOutcomes(client, answers))
  await tell('the tables have the digest that the engine said', () => compareDigest(client))
  return findings
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

/** From genesis to both cursors: no gap, every hash; and how many of the settled answers have an outcome. */
async function walkJournal(
  client: PoolClient,
): Promise<{ readonly breaks: readonly string[]; readonly answers: number }> {
  const recorded = await readCursor(client, 'recorded')
  const settled = await readCursor(client, 'settled')
  const breaks: string[] = []
  let before = CHAIN_START
  let last = 0
  let answers = 0
  for await (const entry of entriesOf(client)) {
    const { sequence } = entry
    if (sequence !== last + 1) breaks.push(`sequence ${sequence} after ${last}`)
    const isWhole = chainHash(before, entry).equals(entry.chainHash)
    if (!isWhole) breaks.push(`hash at sequence ${sequence}`)
    if (sequence === settled.sequence && !isAt(settled, entry)) breaks.push('settled cursor')
    if (isWhole && sequence <= settled.sequence) answers += countAnswers(entry, breaks)
    before = entry.chainHash
    last = sequence
  }
  if (last !== recorded.sequence || !Buffer.from(before).equals(recorded.chainHash))
    breaks.push(`the record ends at ${last}, its cursor is at ${recorded.sequence}`)
  if (settled.sequence > last) breaks.push(`settled ${settled.sequence} is ahead of the record`)
  return { breaks, answers }
}

function countAnswers(entry: RecordedEntry, breaks: string[]): number {
  try {
    return outcomesOf(entry).length
  } catch (error) {
    breaks.push(`sequence ${entry.sequence} cannot be read: ${messageOf(error)}`)
    return 0
  }
}

function isAt(cursor: Cursor, entry: RecordedEntry): boolean {
  return cursor.id === entry.id && cursor.digest === entry.digest
}

async function* entriesOf(client: PoolClient): AsyncGenerator<RecordedEntry> {
  for (let after = 0; ;) {
    const { rows } = await client.query<RowOf<typeof TABLES.settlement_journal>>(
      `select ${columnList(TABLES.settlement_journal)}
         from settlement_journal where sequence > $1 order by sequence limit $2`,
      [after, ENTRIES_PER_PAGE],
    )
    yield* rows.map(entryOf)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.sequence
  }
}

async function countOutcomes(client: PoolClient, answers: number): Promise<readonly unknown[]> {
  const { rows } = await client.query<{ stored: number }>('select count(*) as stored from outcome')
  const stored = rows[0]?.stored ?? 0
  return stored === answers ? [] : [{ answers, stored }]
}

async function compareDigest(client: PoolClient): Promise<readonly unknown[]> {
  const settled = await readCursor(client, 'settled')
  const ledger = (await readMirror(client, settled.sequence)).digest()
  const { sequence, digest: engine } = settled
  return ledger === engine ? [] : [{ sequence, engine, ledger }]
}
