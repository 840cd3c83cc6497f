/** The derived tables once more, from the record alone, to be held against the real ones.
 *
 *  A shadow is a temporary table of the same name. In this session it stands before the real one, so the
 *  very code that posts writes it, and nothing is written twice in two ways; the real one is then named with
 *  its schema. Lives until the transaction of the caller ends. */
import type { PoolClient } from 'pg'
import { columnList, derivedColumns } from '../../schema/declare/table.ts'
import type { RowOf, Table } from '../../schema/declare/table.ts'
import { POSTING_BYTES_MAX, POSTING_ROWS_MAX } from '../../schema/limit.ts'
import { TABLES } from '../../schema/table.ts'
import { scheduleRows } from '../loan/build-schedule.ts'
import { Batch } from './batch.ts'
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

/** Loans whose schedules are computed in one go. */
const LOANS_PER_PAGE = 500

export class Shadow {
  readonly #client: PoolClient
  /** Of the real tables. */
  readonly #schema: string
  readonly #mirror = new Mirror(0)
  #batch = new Batch(0, { transferId: 1, jobId: 1 })
  #bytes = 0

  private constructor(client: PoolClient, schema: string) {
    this.#client = client
    this.#schema = schema
  }

  /** Empty ones, inside a transaction of the caller's. From here on a table's bare name means its shadow. */
  static async create(client: PoolClient): Promise<Shadow> {
    const { rows } = await client.query<{ schema: string }>('select current_schema() as schema')
    const shadow = new Shadow(client, rows[0]?.schema ?? 'public')
    for (const { name, key } of DERIVED_TABLES)
      await client.query(`
        create temporary table ${name} (like ${shadow.real(name)} including defaults) on commit drop;
        alter table pg_temp.${name} add primary key (${key.join(', ')})`)
    return shadow
  }

  real(name: string): string {
    return `${this.#schema}.${name}`
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
    this.#batch = new Batch(this.#mirror.sequence, this.#batch.nextIds())
    this.#bytes = 0
  }

  /** Whether a job is done is all that the real tables are asked. */
  async #schedule(): Promise<void> {
    for (let after = 0; ;) {
      const { rows } = await this.#client.query<RowOf<typeof TABLES.loan>>(
        `select ${columnList(TABLES.loan)} from pg_temp.loan
          where loan_id > $1 and loan_id in (
            select (s.payload ->> 'loanId')::bigint
              from pg_temp.outbox s join ${this.real('outbox')} o using (outbox_id)
             where s.topic = 'build-schedule' and o.done_at is not null)
          order by loan_id limit ${LOANS_PER_PAGE}`,
        [after],
      )
      const built = rows.map(scheduleRows)
      await insertRows(
        this.#client,
        TABLES.schedule,
        built.map(({ schedule }) => schedule),
      )
      await insertRows(
        this.#client,
        TABLES.instalment,
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
    const texts = (of: string) => columns.map((name) => `${of}.${name}::text`).join(', ')
    const { rows } = await this.#client.query<Difference>(
      `select array[${texts('s')}] as recorded, array[${texts('t')}] as held,
              s.ctid is null as "isExtra", t.ctid is null as "isMissing"
         from pg_temp.${declared.name} s
         full join ${this.real(declared.name)} t on ${sameKey(declared)}
        where s.ctid is null or t.ctid is null or ${differs(declared)}
        limit ${max}`,
    )
    return rows.map((row) => inWords(declared, columns, row))
  }
}

/** As a part of a query over shadow `s` and real table `t`. */
export function differs(declared: Table): string {
  const row = (of: string) =>
    derivedColumns(declared)
      .map((name) => `${of}.${name}`)
      .join(', ')
  return `row(${row('s')}) is distinct from row(${row('t')})`
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
