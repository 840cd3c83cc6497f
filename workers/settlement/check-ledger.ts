/** Proves the whole ledger from what is stored: the invariants, the hash chain from its beginning, every
 *  answer's outcome, and the digest of the tables against the engine's. Reads one moment, so it may run
 *  beside a working market. */
import type { Pool, PoolClient } from 'pg'
import { columnList } from '../../schema/declare/table.ts'
import type { RowOf } from '../../schema/declare/table.ts'
import { stateDigestOf } from '../../schema/entry.ts'
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
  for (const { name, faults } of INVARIANTS) {
    const { rows } = await client.query(faults)
    findings.push(finding(name, rows))
  }
  return [...findings, ...(await walkJournal(client)), await compareDigest(client)]
}

function finding(invariant: string, faults: readonly unknown[]): Finding {
  const shown = faults.slice(0, FAULTS_SHOWN).map((fault) => JSON.stringify(fault))
  const more = faults.length > FAULTS_SHOWN ? [`and ${faults.length - FAULTS_SHOWN} more`] : []
  return { invariant, holds: faults.length === 0, detail: [...shown, ...more].join(', ') }
}

/** From genesis to both cursors: no gap, every hash, and one outcome row for each answer that has one. */
async function walkJournal(client: PoolClient): Promise<Finding[]> {
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
    if (isWhole && sequence <= settled.sequence) answers += outcomesOf(entry).length
    before = entry.chainHash
    last = sequence
  }
  if (last !== recorded.sequence || !Buffer.from(before).equals(recorded.chainHash))
    breaks.push(`the record ends at ${last}, its cursor is at ${recorded.sequence}`)
  if (settled.sequence > last) breaks.push(`settled ${settled.sequence} is ahead of the record`)
  return [
    finding('the hash chain is whole from the first entry', breaks),
    await countOutcomes(client, answers),
  ]
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

async function countOutcomes(client: PoolClient, answers: number): Promise<Finding> {
  const { rows } = await client.query<{ stored: number }>('select count(*) as stored from outcome')
  const stored = rows[0]?.stored ?? 0
  const faults = stored === answers ? [] : [{ answers, stored }]
  return finding('every answer has its outcome', faults)
}

async function compareDigest(client: PoolClient): Promise<Finding> {
  const settled = await readCursor(client, 'settled')
  const ledger = (await readMirror(client, settled.sequence)).digest()
  const { sequence } = settled
  const engine = stateDigestOf(settled.digest)
  const faults = ledger === engine ? [] : [{ sequence, engine, ledger }]
  return finding('the tables have the digest that the engine said', faults)
}
