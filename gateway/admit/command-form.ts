/** How what is asked becomes a command, made from the declaration of its operation.
 *
 *  The schema is the truth. `read` recognises exactly what the schema takes, about eight times faster, and
 *  makes the command in the same go: a thousand of them may come in one frame, so this is the one place
 *  where validation is counted in nanoseconds. Whatever it does not recognise goes through the schema,
 *  which says what is wrong. test/gateway holds the two together by property. */
import { KEY_LENGTH, KEY_PATTERN } from '../../schema/index.ts'
import type { AccountId, Command } from '../../schema/index.ts'
import type { Field } from '../../schema/declare/field.ts'
import type { CommandOperationDeclaration } from '../../schema/declare/operation.ts'
import { compile } from '../../engine/compile.ts'

export interface CommandForm {
  /** The command that `params` ask for; null when the schema does not take them.
   *  @param accountId who asks */
  read(params: unknown, accountId: AccountId): Command | null
  /** The same of what the schema has let through. */
  make(params: object, accountId: AccountId): Command
  /** The names of its parameters, for telling what a wrong item of a batch was meant to be. */
  readonly names: readonly string[]
}

/** Compiles the form of one operation. */
export function createForm(declared: CommandOperationDeclaration): CommandForm {
  const { command, owner, hasDeadline, params } = declared
  const lists: (readonly string[])[] = []
  const body = Object.entries(command.body)
  const later = body.filter(([, { since }]) => since !== null)
  const required = [
    'key',
    ...(owner === null ? [] : [owner]),
    ...body.filter(([, { since }]) => since === null).map(([name]) => name),
  ]
  const optional = [...later.map(([name]) => name), ...(hasDeadline ? ['deadlineMs'] : [])]
  const all = [...required, ...optional]
  const tests = [
    `isKey($key)`,
    ...(owner === null ? [] : [wholeSource(`$${owner}`, 1, Number.MAX_SAFE_INTEGER)]),
    ...body.map(([name, field]) => {
      const test = testSource(`$${name}`, field, lists)
      return field.since === null ? test : `($${name} === undefined || ${test})`
    }),
    ...(hasDeadline
      ? [`($deadlineMs === undefined || ${wholeSource('$deadlineMs', 1, Number.MAX_SAFE_INTEGER)})`]
      : []),
  ]
  const values = body.map(([name, { since }]) => {
    if (since === null) return `${name}: $${name}`
    return `${name}: $${name} === undefined ? ${JSON.stringify(since.value({}))} : $${name}`
  })
  const made = `{
    kind: '${command.kind}',
    key: $key,
    accountId: ${owner === null ? 'accountId' : `$${owner}`},
    deadlineMs: ${hasDeadline ? '$deadlineMs === undefined ? 0 : $deadlineMs' : '0'},
    ${values.join(', ')}
  }`
  const loads = all.map((name) => `const $${name} = p.${name}`).join('\n')
  const counts = optional.map(
    (name) => `if ($${name} !== undefined || hasOwn(p, '${name}')) count--`,
  )
  const readSource = `function read(p, accountId) {
    if (typeof p !== 'object' || p === null || Array.isArray(p)) return null
    ${loads}
    if (!(${tests.join(' && ')})) return null
    let count = 0
    for (const name in p) if (hasOwn(p, name)) count++
    if (count !== ${required.length}) {
      ${counts.join('\n')}
      if (count !== ${required.length}) return null
    }
    return ${made}
  }`
  const makeSource = `function make(p, accountId) {
    ${loads}
    return ${made}
  }`
  const tools = { isKey, hasOwn: Object.hasOwn, lists }
  return {
    read: compile<CommandForm['read']>(readSource, tools),
    make: compile<CommandForm['make']>(makeSource, tools),
    names: Object.keys(params.shape),
  }
}

function testSource(value: string, { form, asked }: Field, lists: (readonly string[])[]): string {
  if (form.as === 'key') return `isKey(${value})`
  if (form.as === 'name') {
    lists.push(form.names)
    return `lists[${lists.length - 1}].includes(${value})`
  }
  if (form.as === 'whole')
    return wholeSource(value, asked?.min ?? form.min, asked?.max ?? Number.MAX_SAFE_INTEGER)
  throw new Error(`nobody can ask for ${form.as}`)
}

function wholeSource(value: string, min: number, max: number): string {
  const above = max === Number.MAX_SAFE_INTEGER ? '' : ` && ${value} <= ${max}`
  return `Number.isSafeInteger(${value}) && ${value} >= ${min}${above}`
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && value.length === KEY_LENGTH && KEY_PATTERN.test(value)
}
