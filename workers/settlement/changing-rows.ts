/** Rows of one table as a batch leaves them: those that it makes, and what it changes of those that were
 *  there before. A row that is made and changed in the same batch is inserted as it is in the end, and
 *  one that changes many times is updated once. */
import type { PoolClient } from 'pg'
import type { ChangeOf, GroupOf, NewRow, Table } from '../../schema/declare/table.ts'
import { assert } from '../../schema/unit.ts'
import { setColumns } from './change.ts'
import { insertRows } from './copy.ts'

type ByColumn = Readonly<Record<string, unknown>>

export class ChangingRows<Declared extends Table> {
  readonly #table: Declared
  readonly #key: string
  readonly #created = new Map<unknown, NewRow<Declared>>()
  readonly #changed = new Map<GroupOf<Declared>, Map<unknown, object>>()

  constructor(declared: Declared) {
    const [key, ...others] = declared.key
    assert(key !== undefined && others.length === 0, `${declared.name} has a key of one column`)
    this.#table = declared
    this.#key = key
    for (const group of Object.keys(declared.changes)) this.#changed.set(group, new Map())
  }

  /** How many rows it writes. */
  get size(): number {
    let size = this.#created.size
    for (const rows of this.#changed.values()) size += rows.size
    return size
  }

  create(row: NewRow<Declared>): void {
    this.#created.set((row as ByColumn)[this.#key], row)
  }

  /** Later changes of the same row and group take the place of earlier ones. */
  change<Group extends GroupOf<Declared>>(group: Group, change: ChangeOf<Declared, Group>): void {
    const key = (change as ByColumn)[this.#key]
    const created = this.#created.get(key)
    if (created === undefined) this.#changed.get(group)?.set(key, change)
    else Object.assign(created, change)
  }

  async write(client: PoolClient): Promise<void> {
    await insertRows(client, this.#table, this.#created.values())
    for (const [group, rows] of this.#changed)
      await setColumns(client, this.#table, group, [...rows.values()] as ChangeOf<
        Declared,
        typeof group
      >[])
  }
}
