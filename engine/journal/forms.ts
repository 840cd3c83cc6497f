/** How declared messages lie in the journal: a packer and a reader for every version of the schema there
 *  ever was, made from the declarations.
 *
 *  A message is packed as its number and then its fields in the order of their declaration. The functions
 *  are written out as source and compiled once at start, because that is what runs fastest: one object of
 *  one shape for each kind, no loop over fields (bench/codec holds them against functions written by
 *  hand). The source is made of declarations only, never of data. */
import { compile } from '../compile.ts'
import { KEY_LENGTH } from '../../schema/key.ts'
import { rejectCodeOf, REJECTS } from '../../schema/reject.ts'
import { BrokenInvariant } from '../../schema/unit.ts'
import type { Field, Fields, Fill } from '../../schema/declare/field.ts'
import type { Tuple } from '../../schema/entry.ts'

/** What a command's and an event's declaration have in common. */
export interface Declared {
  readonly kind: string
  readonly number: number
  readonly since: number
  readonly fields: Fields
}

export interface Forms<Message> {
  /** Packs by the words of a version; throws BrokenInvariant for a message that it has no words for: see
   *  `isSayable`. */
  packer(version: number): Packer<Message>
  /** Reads what the packer of a version made; throws BrokenInvariant, naming kind and field, for anything
   *  else, and for a version that this build does not know. */
  reader(version: number): Reader<Message>
  /** True when version `version` can say it without losing anything. */
  isSayable(message: Message, version: number): boolean
}

export type Packer<Message> = (message: Message) => Tuple
export type Reader<Message> = (tuple: Tuple) => Message

/** The forms of all versions from 1 to `current`. */
export function createForms<Message extends { readonly kind: string }>(
  declarations: readonly Declared[],
  current: number,
): Forms<Message> {
  assertDistinct(declarations)
  const versions = Array.from({ length: current }, (_, index) => index + 1)
  const packers = versions.map((version) => compilePacker<Message>(declarations, version))
  const readers = versions.map((version) => compileReader<Message>(declarations, version))
  const of = <Made>(made: readonly Made[], version: number): Made => {
    const found = made[version - 1]
    if (found === undefined) throw new BrokenInvariant(`schema version ${version} is not known`)
    return found
  }
  const isSayable = (message: Message, version: number): boolean =>
    version >= current || isSaidBy(declarations, message, version)
  const packer = (version: number): Packer<Message> => {
    const pack = of(packers, version)
    if (version === current) return pack
    return (message) => {
      if (isSayable(message, version)) return pack(message)
      throw new BrokenInvariant(`schema version ${version} cannot say this ${message.kind}`)
    }
  }
  return { packer, reader: (version) => of(readers, version), isSayable }
}

function assertDistinct(declarations: readonly Declared[]): void {
  const numbers = new Set(declarations.map(({ number }) => number))
  if (numbers.size < declarations.length)
    throw new BrokenInvariant('two kinds of message have the same number')
}

function isSaidBy(
  declarations: readonly Declared[],
  message: { readonly kind: string },
  version: number,
): boolean {
  const declared = declarations.find(({ kind }) => kind === message.kind)
  if (declared === undefined || declared.since > version) return false
  const values = message as Readonly<Record<string, unknown>>
  return Object.entries(declared.fields).every(([name, { form, since }]) => {
    if (form.as === 'name' && (form.later[String(values[name])] ?? 1) > version) return false
    if (since === null || since.version <= version || since.isSpared) return true
    return JSON.stringify(since.value(values)) === JSON.stringify(values[name])
  })
}

/** Whether bodies of version `version` have the field. */
function isIn(version: number, { since, until }: Field): boolean {
  return version >= (since?.version ?? 1) && version < (until?.version ?? Infinity)
}

/** The fields that bodies of version `version` have, in their order. */
export function fieldsIn(
  version: number,
  { fields }: Declared,
): readonly (readonly [string, Field])[] {
  return Object.entries(fields).filter(([, field]) => isIn(version, field))
}

function compilePacker<Message>(
  declarations: readonly Declared[],
  version: number,
): Packer<Message> {
  const lists: Lists = []
  const cases = declarations
    .filter(({ since }) => since <= version)
    .map((declared) => {
      const parts = fieldsIn(version, declared).map(([name, field]) => {
        const isGone = field.until !== null
        return packedSource(isGone ? `gone(m, '${name}')` : `m.${name}`, field, lists)
      })
      return { ...declared, body: `return [${[declared.number, ...parts].join(', ')}]` }
    })
  const source = dispatching('pack', 'm', 'm.kind', version, cases, ({ kind }) => `'${kind}'`)
  const gone = (message: { readonly kind: string }, name: string): unknown =>
    valueGone(declarations, message, name)
  return compile<Packer<Message>>(source, { ...TOOLS, lists, gone })
}

/** What a field that has gone is for a reader of the version before. */
export function valueGone(
  declarations: readonly Declared[],
  message: { readonly kind: string },
  name: string,
): unknown {
  const declared = declarations.find(({ kind }) => kind === message.kind)
  const values = message as unknown as Readonly<Record<string, unknown>>
  return declared?.fields[name]?.until?.value(values)
}

function compileReader<Message>(
  declarations: readonly Declared[],
  version: number,
): Reader<Message> {
  const lists: Lists = []
  const known = declarations.filter(({ since }) => since <= version)
  const cases = known.map((declared) => readerCase(declared, version, lists))
  const source = dispatching('read', 't', 't[0]', version, cases, ({ number }) => `${number}`)
  const complain = (tuple: Tuple): never => {
    const declared = known.find(({ number }) => number === tuple[0])
    throw new BrokenInvariant(
      declared === undefined ? 'no kind' : faultOf(tuple, declared, version),
    )
  }
  const later = (kind: string, name: string, older: Readonly<Record<string, unknown>>): unknown =>
    known.find((declared) => declared.kind === kind)?.fields[name]?.since?.value(older)
  return compile<Reader<Message>>(source, { ...TOOLS, lists, complain, later })
}

/** Asserts the whole tuple in one condition of comparisons; what is wrong with it is only looked for once
 *  something is. */
function readerCase(declared: Declared, version: number, lists: Lists): Case {
  const { kind, fields } = declared
  const stored = fieldsIn(version, declared)
  const parts = stored.map((_, index) => `v${index + 1} = t[${index + 1}]`)
  const tests = stored.map(([, field], index) => testSource(`v${index + 1}`, field, lists))
  const values = new Map(
    stored.map(([name, field], index) => [name, valueSource(`v${index + 1}`, field, lists)]),
  )
  const members = Object.entries(fields)
    .filter(([, { until }]) => until === null)
    .map(([name]) => `${name}: ${values.get(name) ?? `later('${kind}', '${name}', older)`}`)
  const older = [...values].map(([name, value]) => `${name}: ${value}`)
  const isComplete = Object.entries(fields).every(
    ([name, { until }]) => until !== null || values.has(name),
  )
  const body = `
    ${parts.length === 0 ? '' : `const ${parts.join(', ')}`}
    if (!(${[`t.length === ${stored.length + 1}`, ...tests].join(' && ')})) complain(t)
    ${isComplete ? '' : `const older = { ${older.join(', ')} }`}
    return { kind: '${kind}', ${members.join(', ')} }`
  return { ...declared, body }
}

/** What is to be done for one kind. */
interface Case extends Declared {
  readonly body: string
}

/** A function for each kind and a small one before them that chooses: small enough that the hot kinds are
 *  inlined where it is called. */
function dispatching(
  name: string,
  parameter: string,
  on: string,
  version: number,
  cases: readonly Case[],
  label: (one: Case) => string,
): string {
  const functions = cases.map(
    ({ number, body }) => `const ${name}${number} = (${parameter}) => {${body}}`,
  )
  const choices = cases.map(
    (one) => `case ${label(one)}: return ${name}${one.number}(${parameter})`,
  )
  return `(() => {
    ${functions.join('\n')}
    function ${name}(${parameter}) {
      switch (${on}) {
        ${choices.join('\n')}
        default: throw new BrokenInvariant('kind ' + String(${on}) + ' is not known to schema version ${version}')
      }
    }
    return ${name}
  })()`
}

/** Which part of a tuple is not what it should be, in words for whoever has to look. */
function faultOf(tuple: Tuple, declared: Declared, version: number): string {
  const stored = fieldsIn(version, declared)
  const what = `${declared.kind} of schema version ${version}`
  if (tuple.length !== stored.length + 1)
    return `${what} has ${stored.length + 1} parts, here are ${tuple.length}`
  for (const [index, [name, field]] of stored.entries())
    if (!holds(tuple[index + 1], field))
      return `${what}: ${name} is no ${field.kind}: ${JSON.stringify(tuple[index + 1])}`
  return `${what} cannot be read`
}

function holds(value: unknown, field: Field): boolean {
  const lists: Lists = []
  const source = `(value) => ${testSource('value', field, lists)}`
  return compile<(value: unknown) => boolean>(source, { ...TOOLS, lists })(value)
}

/** The closed lists that a compiled function looks into. */
type Lists = (readonly string[])[]

function listSource(names: readonly string[], lists: Lists): string {
  if (!lists.includes(names)) lists.push(names)
  return `lists[${lists.indexOf(names)}]`
}

function packedSource(value: string, { form }: Field, lists: Lists): string {
  switch (form.as) {
    case 'whole':
    case 'key':
      return value
    case 'name':
      return `${listSource(form.names, lists)}.indexOf(${value})`
    case 'reject':
      return `numberOf(${value})`
    case 'fills':
      return `packFills(${value})`
    case 'answer':
      return `pack(${value})`
  }
}

/** True when `value` is what the field may be. */
function testSource(value: string, { form }: Field, lists: Lists): string {
  switch (form.as) {
    case 'whole':
      // Most numbers have 32 bits, and those are told by one comparison.
      return `((${value} >>> 0) === ${value} || isWhole(${value}))${form.min > 0 ? ` && ${value} >= ${form.min}` : ''}`
    case 'key': {
      const isKey = `typeof ${value} === 'string' && ${value}.length === ${KEY_LENGTH}`
      return form.orNone ? `(${value} === null || ${isKey})` : isKey
    }
    case 'name':
      return `(${value} >>> 0) === ${value} && ${listSource(form.names, lists)}[${value}] !== undefined`
    case 'reject':
      return `rejectCodeOf(${value}) !== null`
    case 'fills':
      return `areFills(${value})`
    case 'answer':
      return `Array.isArray(${value})`
  }
}

function valueSource(value: string, { form }: Field, lists: Lists): string {
  switch (form.as) {
    case 'whole':
    case 'key':
      return value
    case 'name':
      return `${listSource(form.names, lists)}[${value}]`
    case 'reject':
      return `rejectCodeOf(${value})`
    case 'fills':
      return `readFills(${value})`
    case 'answer':
      return `read(${value})`
  }
}

const FILL_PARTS = 3

const TOOLS = {
  BrokenInvariant,
  isWhole: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0,
  rejectCodeOf,
  numberOf,
  areFills,
  packFills,
  readFills,
} as const

/** The number of a refusal. */
export function numberOf(code: keyof typeof REJECTS): number {
  return REJECTS[code].number
}

/** Three numbers a fill, one after the other. */
function packFills(fills: readonly Fill[]): readonly number[] {
  const flat: number[] = []
  for (const { bidId, accountId, amountMinor } of fills) flat.push(bidId, accountId, amountMinor)
  return flat
}

function areFills(value: unknown): boolean {
  if (!Array.isArray(value) || value.length % FILL_PARTS !== 0) return false
  for (const part of value) if (!Number.isSafeInteger(part) || part < 0) return false
  return true
}

function readFills(flat: readonly number[]): readonly Fill[] {
  const fills: Fill[] = []
  for (let index = 0; index < flat.length; index += FILL_PARTS)
    fills.push({
      bidId: flat[index] as Fill['bidId'],
      accountId: flat[index + 1] as Fill['accountId'],
      amountMinor: flat[index + 2] as Fill['amountMinor'],
    })
  return fills
}
