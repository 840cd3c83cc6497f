/** The derived tables once more, from the record alone, to be held against the real ones.
 *
 *  A shadow is a temporary table, written by the very code that posts, so that nothing is written twice in
 *  two ways. Its name is its own and says that it is temporary: a statement that the session has prepared
 *  for the real table can never mean it, nor the other way round. Lives until the transaction of the caller
 *  ends. */
import type { PoolClient } from 'pg'
import { columnList, derivedColumns } from '../../schema/declare/table.ts'
import type { RowOf, Table } from '../../schema/declare/table.ts'
import { POSTING_BYTES_MAX, POSTING_ROWS_MAX } from '../../schema/limit.ts'
import { TABLES } from '../../schema/table.ts'
import { scheduleRows } from '../loan/build-schedule.ts'
import { Batch } from './batch.ts'
import type { NextIds } from './batch.ts'
import { insertRows } from './copy.ts'
import { foldEntry } from './fold.ts'
import { Mirror } from './mirror.ts'
import { sizeOf } from './recorded-entry.ts'
import type { RecordedEntry } from './recorded-entry.ts'
import { writeRows } from './write-batch.ts'

/** In an order in which a row comes after those that it refers to. */
export const DERIVED_TABLES: readonly Table[] = Object.values(TABLES).filter(
  ({ origin }) => origin.isDerived,
)

/** As a statement has to name it; no real table can be meant. */
export function nameOfShadow({ name }: Table): string {
  return `pg_temp.shadow_${name}`
}

function shadowOf<Declared extends Table>(declared: Declared): Declared {
  return { ...declared, name: nameOfShadow(declared) }
}

const SHADOWS = {
  transfer: shadowOf(TABLES.transfer),
  ledger_account: shadowOf(TABLES.ledger_account),
  listing: shadowOf(TABLES.listing),
  bid: shadowOf(TABLES.bid),
  loan: shadowOf(TABLES.loan),
  claim: shadowOf(TABLES.claim),
  outbox: shadowOf(TABLES.outbox),
  outcome: shadowOf(TABLES.outcome),
  schedule: shadowOf(TABLES.schedule),
  instalment: shadowOf(TABLES.instalment),
}

function batchFrom(sequence: number, first: NextIds): Batch {
  return new Batch(sequence, first, SHADOWS)
}

/** Loans whose schedules are computed in one go. */
const LOANS_PER_PAGE = 500

export class Shadow {
  readonly #client: PoolClient
  readonly #mirror = new Mirror(0)
  #batch = batchFrom(0, { transferId: 1, jobId: 1 })
  #bytes = 0

  private constructor(client: PoolClient) {
    this.#client = client
  }

  /** Empty ones, inside a transaction of the caller's. */
  static async create(client: PoolClient): Promise<Shadow> {
    for (const declared of DERIVED_TABLES) {
      const shadow = nameOfShadow(declared)
      await client.query(`
        create temporary table ${shadow} (like ${declared.name} including defaults) on commit drop;
        alter table ${shadow} add primary key (${declared.key.join(', ')})`)
    }
    return new Shadow(client)
  }

  /** Posts the next entry. Throws Unpostable; then what was posted before is still worth something, and
   *  nothing more may be added. */
  async post(entry: RecordedEntry): Promise<void> {
    foldEntry(entry, this.#mirror, this.#batch)
    this.#bytes += sizeOf(entry)
    if (this.#batch.rows >= POSTING_ROWS_MAX || this.#bytes >= POSTING_BYTES_MAX)
      await this.#write()
  }

  /** Writes what is left, and what the jobs that are done have made of it. */
  async finish(): Promise<void> {
    await this.#write()
    await this.#schedule()
  }

  async #write(): Promise<void> {
    await writeRows(this.#client, this.#batch)
    this.#batch = batchFrom(this.#mirror.sequence, this.#batch.nextIds())
    this.#bytes = 0
  }

  /** Whether a job is done is all that the real tables are asked. */
  async #schedule(): Promise<void> {
    for (let after = 0; ;) {
      const { rows } = await this.#client.query<RowOf<typeof TABLES.loan>>(
        `select ${columnList(TABLES.loan)} from ${SHADOWS.loan.name}
          where loan_id > $1 and loan_id in (
            select (s.payload ->> 'loanId')::bigint
              from ${SHADOWS.outbox.name} s join ${TABLES.outbox.name} o using (outbox_id)
             where s.topic = 'build-schedule' and o.done_at is not null)
          order by loan_id limit ${LOANS_PER_PAGE}`,
        [after],
      )
      const built = rows.map(scheduleRows)
      await insertRows(
        this.#client,
        SHADOWS.schedule,
        built.map(({ schedule }) => schedule),
      )
      await insertRows(
        this.#client,
        SHADOWS.instalment,
        built.flatMap(({ instalments }) => instalments),
      )
      const last = rows.at(-1)
      if (last === undefined) return
      after = last.loan_id
    }
  }

  /** What of the real table is not as the record says, in words, at most `max`. */
  async compare(declared: Table, max: number): Promise<readonly string[]> {
    const columns = derivedColumns(declared)
    const texts = (of: Side) =>
      columns.map((name) => `${valueIn(declared, of, name)}::text`).join(', ')
    const { rows } = await this.#client.query<Difference>(
      `select array[${texts('s')}] as recorded, array[${texts('t')}] as held,
              s.ctid is null as "isExtra", t.ctid is null as "isMissing"
         from ${nameOfShadow(declared)} s
         full join ${declared.name} t on ${sameKey(declared)}
        where s.ctid is null or t.ctid is null or ${differs(declared)}
        limit ${max}`,
    )
    return rows.map((row) => inWords(declared, columns, row))
  }
}

/** As a part of a query over shadow `s` and real table `t`. */
export function differs(declared: Table): string {
  const row = (of: Side) =>
    derivedColumns(declared)
      .map((name) => valueIn(declared, of, name))
      .join(', ')
  return `row(${row('s')}) is distinct from row(${row('t')})`
}

type Side = 's' | 't'

/** What a column says, also where a build before has left it null. */
function valueIn({ origin }: Table, of: Side, name: string): string {
  const meant = origin.isDerived ? origin.nullMeans[name] : undefined
  return meant === undefined || of === 's'
    ? `${of}.${name}`
    : `coalesce(${of}.${name}, ${of}.${meant})`
}

/** As a part of a query over shadow `s` and real table `t`. */
export function sameKey({ key }: Table): string {
  return key.map((name) => `s.${name} = t.${name}`).join(' and ')
}

interface Difference {
  readonly recorded: readonly (string | null)[]
  readonly held: readonly (string | null)[]
  readonly isExtra: boolean
  readonly isMissing: boolean
}

function inWords(
  { name, key }: Table,
  columns: readonly string[],
  { recorded, held, isExtra, isMissing }: Difference,
): string {
  const known = isExtra ? held : recorded
  const row = `${name} ${key.map((column) => known[columns.indexOf(column)]).join(' ')}`
  if (isExtra) return `${row} is not in the record`
  if (isMissing) return `${row} is missing`
  const wrong = columns
    .map((column, index) => [column, held[index], recorded[index]] as const)
    .filter(([, is, should]) => is !== should)
  return `${row}: ${wrong.map(([column, is, should]) => `${column} is ${is}, by the record ${should}`).join('; ')}`
}
