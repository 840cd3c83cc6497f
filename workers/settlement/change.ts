/** Changes many rows of a table in one statement: the columns of one group, each as an array beside the
 *  keys. The statements are made from the table's declaration, and so is what writes the arrays out. */
import type { PoolClient } from 'pg'
import { compile } from '../../engine/compile.ts'
import { changedColumns } from '../../schema/declare/table.ts'
import type { ChangeOf, Column, GroupOf, Table } from '../../schema/declare/table.ts'
import { STATEMENT_ROWS_MAX } from '../../schema/limit.ts'
import { assert } from '../../schema/unit.ts'

/** Gives each row the columns of its change, and asserts that all were there. */
export async function setColumns<Declared extends Table, Group extends GroupOf<Declared>>(
  client: PoolClient,
  declared: Declared,
  group: Group,
  changes: readonly ChangeOf<Declared, Group>[],
): Promise<void> {
  await run(client, setting(declared, group), changes)
}

/** Adds the columns of its change to those of each row; one that is not there yet begins with them. */
export async function addToColumns<Declared extends Table, Group extends GroupOf<Declared>>(
  client: PoolClient,
  declared: Declared,
  group: Group,
  changes: readonly ChangeOf<Declared, Group>[],
): Promise<void> {
  await run(client, adding(declared, group), changes)
}

interface Statement {
  readonly name: string
  readonly text: string
  /** One array for each column, as Postgres reads them. */
  readonly arraysOf: (changes: readonly object[]) => string[]
}

async function run(
  client: PoolClient,
  { name, text, arraysOf }: Statement,
  changes: readonly object[],
): Promise<void> {
  for (let from = 0; from < changes.length; from += STATEMENT_ROWS_MAX) {
    const part = changes.slice(from, from + STATEMENT_ROWS_MAX)
    const { rowCount } = await client.query({ name, text, values: arraysOf(part) })
    assert(rowCount === part.length, `${name}: every row that changed is written`)
  }
}

/** Each is made once, when it is first asked for. */
const STATEMENTS = new Map<string, Statement>()

function once(name: string, make: () => Omit<Statement, 'name'>): Statement {
  let statement = STATEMENTS.get(name)
  if (statement === undefined) STATEMENTS.set(name, (statement = { name, ...make() }))
  return statement
}

function setting(declared: Table, group: string): Statement {
  return once(`set-${declared.name}-${group}`, () => {
    const sets = groupColumns(declared, group).map(
      ([name, column]) => `${name} = ${given(name, column)}`,
    )
    const text = `
      update ${declared.name} t set ${sets.join(', ')}
        from ${givenRows(declared, group)}
       where ${sameKey(declared)}`
    return { text, arraysOf: compileArrays(changedColumns(declared, group)) }
  })
}

function adding(declared: Table, group: string): Statement {
  return once(`add-${declared.name}-${group}`, () => {
    const columns = changedColumns(declared, group)
    const sums = groupColumns(declared, group).map(([name]) => `${name} = t.${name} + d.${name}`)
    const text = `
      merge into ${declared.name} t
      using ${givenRows(declared, group)}
         on ${sameKey(declared)}
       when matched then update set ${sums.join(', ')}
       when not matched then insert (${columns.map(([name]) => name).join(', ')})
            values (${columns.map(([name, column]) => given(name, column)).join(', ')})`
    return { text, arraysOf: compileArrays(columns) }
  })
}

function groupColumns(declared: Table, group: string): readonly (readonly [string, Column])[] {
  return changedColumns(declared, group).filter(([name]) => !declared.key.includes(name))
}

function givenRows(declared: Table, group: string): string {
  const columns = changedColumns(declared, group)
  const arrays = columns.map(
    ([, { type }], index) => `$${index + 1}::${isTime(type) ? 'bigint' : type}[]`,
  )
  return `unnest(${arrays.join(', ')}) as d (${columns.map(([name]) => name).join(', ')})`
}

function sameKey({ key }: Table): string {
  return key.map((name) => `t.${name} = d.${name}`).join(' and ')
}

function given(name: string, { type }: Column): string {
  return isTime(type) ? `to_timestamp(d.${name} / 1000.0)` : `d.${name}`
}

function isTime(type: string): boolean {
  return type === 'timestamp with time zone'
}

/** Arrays as Postgres reads them; the driver's own way escapes each element and takes several times as
 *  long, which numbers and words of our own have no need of. */
function compileArrays(
  columns: readonly (readonly [string, Column])[],
): (changes: readonly object[]) => string[] {
  for (const [name, { type, words }] of columns)
    assert(NUMBERS.has(type) || words !== null, `${name} needs no quotes in an array`)
  const elements = columns.map(([name, { isNullable }], index) => {
    const value = isNullable ? `(row.${name} ?? 'NULL')` : `row.${name}`
    return `a${index} += comma + ${value}`
  })
  const arrays = columns.map((_, index) => `a${index}`)
  const source = `function arraysOf(changes) {
    let ${arrays.map((array) => `${array} = '{'`).join(', ')}, comma = ''
    for (const row of changes) {
      ${elements.join('\n')}
      comma = ','
    }
    return [${arrays.map((array) => `${array} + '}'`).join(', ')}]
  }`
  return compile(source, {})
}

const NUMBERS = new Set(['bigint', 'numeric', 'integer', 'smallint', 'timestamp with time zone'])
