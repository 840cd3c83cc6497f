/** The kinds of column that tables are made of, and a table, declared once: what it is called, its columns,
 *  its key, and which columns change after the row has been inserted.
 *
 *  What is derived from a declaration: the row's types and kysely's `Tables`, the writer of COPY and the
 *  statements that change many rows at once (workers/settlement), the list of columns to read back, what the
 *  check rebuilds and compares. The
 *  declaration follows the migrations, which make the tables: a test compares the two on a real server.
 *  Sees neither zod nor Node. */
import { assert } from '../unit.ts'
import type { AtMs } from '../unit.ts'

export type SqlType =
  | 'bigint'
  | 'numeric'
  | 'integer'
  | 'smallint'
  | 'text'
  | 'text[]'
  | 'uuid'
  | 'bytea'
  | 'timestamp with time zone'
  | 'date'
  | 'jsonb'

declare const valueOf: unique symbol

export interface Column<Value = unknown, IsFilled extends boolean = boolean> {
  readonly type: SqlType
  /** A closed list: nothing else is ever in it. */
  readonly words: readonly string[] | null
  readonly isNullable: boolean
  /** The database fills it in when an insert leaves it out: its default, or `identity`. */
  readonly fill: string | null
  readonly isFilled: IsFilled
  /** As the driver reads it. */
  readonly [valueOf]?: Value
}

export type Columns = Readonly<Record<string, Column>>

export interface Table<
  Name extends string = string,
  Declared extends Columns = Columns,
  Key extends readonly (keyof Declared & string)[] = readonly (keyof Declared & string)[],
  Changes extends Groups<Declared> = Groups<Declared>,
> {
  readonly name: Name
  readonly columns: Declared
  /** The primary key. */
  readonly key: Key
  /** The columns that change after the row has been inserted, those that change together in one group:
   *  each group has a statement of its own, so that what is rare does not burden what is common. */
  readonly changes: Changes
  readonly origin: Origin
}

/** Where a table's rows come from. */
export type Origin =
  | {
      /** They follow from the record, and are rebuilt from it to be compared. */
      readonly isDerived: true
      /** Columns that do not follow from it, each with the reason. */
      readonly apart: Readonly<Record<string, string>>
      /** Columns that a build before did not know and left null: each means, then, what another holds. */
      readonly nullMeans: Readonly<Record<string, string>>
    }
  | {
      /** They are what they are; `why` says what stands for them. */
      readonly isDerived: false
      readonly why: string
    }

/** All columns but `apart` follow from the record. */
export function derived(
  apart: Readonly<Record<string, string>> = {},
  nullMeans: Readonly<Record<string, string>> = {},
): Origin {
  return { isDerived: true, apart, nullMeans }
}

export function original(why: string): Origin {
  return { isDerived: false, why }
}

/** The columns that follow from the record, in the order of the declaration; none of an original table. */
export function derivedColumns({ columns, origin }: Table): readonly string[] {
  if (!origin.isDerived) return []
  return Object.keys(columns).filter((name) => !Object.hasOwn(origin.apart, name))
}

type Groups<Declared> = Readonly<Record<string, readonly (keyof Declared & string)[]>>

/** A column the database fills in when an insert leaves it out, as kysely wants to be told. */
interface Filled<Value> {
  readonly __select__: Value
  readonly __insert__: Value | undefined
  readonly __update__: Value
}

type ValueOf<Declared> = Declared extends Column<infer Value> ? Value : never

/** A time is written as milliseconds: a Date for each would cost more than the rest of the row. */
type WrittenValue<Value> = Value extends Date ? AtMs : Value
type Written<Declared extends Columns, Names extends keyof Declared> = {
  readonly [Name in Names]: WrittenValue<ValueOf<Declared[Name]>>
}

/** As kysely sees the table. */
export type KyselyTable<Declared extends Table> = {
  [Name in keyof Declared['columns']]: Declared['columns'][Name] extends Column<infer Value, true>
    ? Filled<Value>
    : ValueOf<Declared['columns'][Name]>
}

/** A row as the driver reads it. */
export type RowOf<Declared extends Table> = {
  readonly [Name in keyof Declared['columns']]: ValueOf<Declared['columns'][Name]>
}

type NewColumn<Declared extends Columns> = {
  [Name in keyof Declared]: Declared[Name] extends Column<unknown, true> ? never : Name
}[keyof Declared]

/** A row as it is inserted: all but what the database fills in. */
export type NewRow<Declared extends Table> = Written<
  Declared['columns'],
  NewColumn<Declared['columns']>
>

export type GroupOf<Declared extends Table> = keyof Declared['changes'] & string

/** What a row's columns of one group become, and which row it is. */
export type ChangeOf<Declared extends Table, Group extends GroupOf<Declared>> = Written<
  Declared['columns'],
  Declared['key'][number] | Declared['changes'][Group][number]
>

/** A safe whole number. */
export const bigint = (): Column<number, false> => column('bigint')
/** A whole number of any size: what only ever grows, such as a turnover. */
export const numeric = (): Column<bigint, false> => column('numeric')
export const integer = (): Column<number, false> => column('integer')
export const smallint = (): Column<number, false> => column('smallint')
export const text = <Value extends string = string>(): Column<Value, false> => column('text')
export const uuid = (): Column<string, false> => column('uuid')
export const bytea = (): Column<Uint8Array, false> => column('bytea')
export const timestamp = (): Column<Date, false> => column('timestamp with time zone')
/** `YYYY-MM-DD`: a calendar day has no time zone. */
export const date = (): Column<string, false> => column('date')
export const jsonb = (): Column<unknown, false> => column('jsonb')

/** One of a closed list. ASCII, so that its length is its bytes. */
export function oneOf<const Word extends string>(words: readonly Word[]): Column<Word, false> {
  for (const word of words) assert(/^[\w-]+$/.test(word), `${word} is a word of ours`)
  return { ...column<Word>('text'), words }
}

/** Any number of words of a closed list. */
export function someOf<const Word extends string>(words: readonly Word[]): Column<Word[], false> {
  return { ...column<Word[]>('text[]'), words }
}

export function nullable<Value>(declared: Column<Value, false>): Column<Value | null, false> {
  return { ...declared, isNullable: true }
}

/** `fill` is the default as the database words it, or `identity` for numbers that it counts up itself. */
export function filled<Value>(declared: Column<Value, false>, fill: string): Column<Value, true> {
  return { ...declared, fill, isFilled: true }
}

interface TableFacts<Declared, Key, Changes> {
  readonly columns: Declared
  readonly key: Key
  readonly changes: Changes
  readonly origin: Origin
}

export function table<
  const Name extends string,
  Declared extends Columns,
  const Key extends readonly (keyof Declared & string)[],
  const Changes extends Groups<Declared>,
>(
  name: Name,
  { columns, key, changes, origin }: TableFacts<Declared, Key, Changes>,
): Table<Name, Declared, Key, Changes> {
  if (origin.isDerived) assertNamed(name, columns, key, origin)
  const changing: readonly string[] = Object.values(changes).flat()
  assert(new Set(changing).size === changing.length, `a column of ${name} changes in one group`)
  assert(!key.some((column) => changing.includes(column)), `the key of ${name} never changes`)
  return { name, columns, key, changes, origin }
}

function assertNamed(
  name: string,
  columns: Columns,
  key: readonly string[],
  { apart, nullMeans }: Extract<Origin, { readonly isDerived: true }>,
): void {
  for (const column of Object.keys(apart))
    assert(Object.hasOwn(columns, column) && !key.includes(column), `${name} has ${column} apart`)
  for (const [column, meant] of Object.entries(nullMeans))
    assert(
      columns[column]?.isNullable === true && Object.hasOwn(columns, meant),
      `a null ${column} of ${name} means another column`,
    )
}

/** The columns that an insert has to give, in the order of the declaration. */
export function newColumns(declared: Table): readonly (readonly [string, Column])[] {
  return Object.entries(declared.columns).filter(([, { isFilled }]) => !isFilled)
}

/** Which row it is and what it becomes, in the order of key and group. */
export function changedColumns(
  declared: Table,
  group: string,
): readonly (readonly [string, Column])[] {
  const names = [...declared.key, ...(declared.changes[group] ?? [])]
  return Object.entries(declared.columns)
    .filter(([name]) => names.includes(name))
    .sort(([a], [b]) => names.indexOf(a) - names.indexOf(b))
}

/** What a `select` of whole rows names: never `*`, which changes with a migration that only adds. */
export function columnList(declared: Table): string {
  return Object.keys(declared.columns).join(', ')
}

function column<Value>(type: SqlType): Column<Value, false> {
  return { type, words: null, isNullable: false, fill: null, isFilled: false }
}
