/** Proves the whole ledger from what is stored: the invariants, the hash chain from its beginning, every
 *  answer's outcome, and the digest of the tables against the engine's. Reads one moment, so it may run
 *  beside a working market. */
import type { Pool, PoolClient } from 'pg'
import type { Digest, EntryId, Source } from '../../schema/entry.ts'
import { CHAIN_START, chainHash } from './chain.ts'
import { readCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { INVARIANTS } from './invariants.ts'
import { readMirror } from './load.ts'
import { outcomesOf } from './outcome.ts'
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

interface Page {
  readonly sequence: number
  readonly entry_id: EntryId
  readonly source: Source
  readonly batch: number
  readonly digest: Digest
  readonly commands: Uint8Array
  readonly events: Uint8Array
  readonly chain_hash: Buffer
}

/** From genesis to both cursors: no gap, every hash, and one outcome row for each answer that has one. */
async function walkJournal(client: PoolClient): Promise<Finding[]> {
  const recorded = await readCursor(client, 'recorded')
  const settled = await readCursor(client, 'settled')
  const breaks: string[] = []
  let before = CHAIN_START
  let last = 0
  let answers = 0
  for await (const row of pages(client)) {
    const { sequence, entry_id: id } = row
    if (sequence !== last + 1) breaks.push(`sequence ${sequence} after ${last}`)
    const hash = chainHash(before, { ...row, id })
    const isWhole = hash.equals(row.chain_hash)
    if (!isWhole) breaks.push(`hash at sequence ${sequence}`)
    if (sequence === settled.sequence && !isAt(settled, row)) breaks.push('settled cursor')
    if (isWhole && sequence <= settled.sequence) answers += outcomesOf(row).length
    before = row.chain_hash
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

function isAt(cursor: Cursor, row: Page): boolean {
  return cursor.id === row.entry_id && cursor.digest === row.digest
}

async function* pages(client: PoolClient): AsyncGenerator<Page> {
  for (let after = 0; ;) {
    const { rows } = await client.query<Page>(
      `select sequence, entry_id, source, batch, digest, commands, events, chain_hash
         from settlement_journal where sequence > $1 order by sequence limit $2`,
      [after, ENTRIES_PER_PAGE],
    )
    yield* rows
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
  const { sequence, digest: engine } = settled
  const faults = ledger === engine ? [] : [{ sequence, engine, ledger }]
  return finding('the tables have the digest that the engine said', faults)
}
