/** What is recorded and not yet posted. Entries come straight from the recorder's memory once their
 *  commit has returned; what is not there (after a restart, or when posting fell far behind) is read
 *  from the table, where the very same rows lie. */
import type { Pool } from 'pg'
import { columnList } from '../../schema/declare/table.ts'
import type { RowOf } from '../../schema/declare/table.ts'
import { BACKLOG_BYTES_MAX } from '../../schema/limit.ts'
import { TABLES } from '../../schema/table.ts'
import { entryOf, sizeOf } from './recorded-entry.ts'
import type { RecordedEntry } from './recorded-entry.ts'

export class Backlog {
  readonly #pool: Pool
  #entries: RecordedEntry[] = []
  #bytes = 0
  /** The last sequence that is known to be recorded. */
  #end = 0
  #arrival = gate()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** The record is known to reach `sequence`, without its entries being at hand. */
  reaches(sequence: number): void {
    this.#end = Math.max(this.#end, sequence)
    this.#open()
  }

  /** Entries whose commit has returned, in order. */
  push(entries: readonly RecordedEntry[]): void {
    const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0)
    const first = entries[0]
    if (
      first !== undefined &&
      first.sequence === this.#end + 1 &&
      this.#bytes + bytes <= BACKLOG_BYTES_MAX
    ) {
      this.#entries.push(...entries)
      this.#bytes += bytes
    } else this.#forget()
    this.#end = entries.at(-1)?.sequence ?? this.#end
    this.#open()
  }

  /** Entries right behind `after`, at most `max`; empty when there is none yet. */
  async take(after: number, max: number): Promise<readonly RecordedEntry[]> {
    if (after >= this.#end) return []
    const first = this.#entries[0]
    if (first === undefined || first.sequence > after + 1) return this.#readTable(after, max)
    const taken = this.#entries.splice(0, after - first.sequence + 1 + max)
    for (const entry of taken) this.#bytes -= sizeOf(entry)
    return taken.filter(({ sequence }) => sequence > after)
  }

  /** Resolves when something has been recorded after this call. */
  arrival(): Promise<void> {
    return this.#arrival.opened
  }

  /** Lets go whoever waits for an arrival. */
  wake(): void {
    this.#open()
  }

  #open(): void {
    this.#arrival.open()
    this.#arrival = gate()
  }

  #forget(): void {
    this.#entries = []
    this.#bytes = 0
  }

  async #readTable(after: number, max: number): Promise<RecordedEntry[]> {
    const { rows } = await this.#pool.query<RowOf<typeof TABLES.settlement_journal>>({
      name: 'read-journal',
      text: READ,
      values: [after, max],
    })
    return rows.map(entryOf)
  }
}

const READ = `
  select ${columnList(TABLES.settlement_journal)}
    from settlement_journal where sequence > $1 order by sequence limit $2`

interface Gate {
  readonly opened: Promise<void>
  readonly open: () => void
}

function gate(): Gate {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
