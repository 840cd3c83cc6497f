/** What a command asks, in 64 bits: equal for the same body, whatever its key and deadline. Made from the
 *  declarations of commands.
 *
 *  The rule must give the same for ever, because a snapshot keeps the fingerprints of what was asked by
 *  an older build:
 *  1. Numbers with many values stand for themselves, in the order of their declaration. Fields with few
 *     values (`room`) are the digits of one number behind them: first the closed lists, then the counts.
 *  2. The first five of these are hashed together; each further one is stirred in with its place.
 *  3. A value beyond its field's room is stirred in as well, and so is a field that came with a later version
 *     of the schema, but only when it is not what it is for those who do not know it: a command asked before
 *     and asked again after has one fingerprint. */
import { COMMANDS } from '../../schema/index.ts'
import type { Command } from '../../schema/index.ts'
import type { Field, Fields } from '../../schema/declare/field.ts'
import { assert } from '../../schema/unit.ts'
import { compile } from '../compile.ts'
import { hashNumbers } from '../digest/hash.ts'
import type { Hash } from '../digest/hash.ts'

export type Fingerprint<Asked> = (command: Asked) => Hash

/** What of a command's declaration its fingerprint follows from. */
interface Declared {
  readonly kind: string
  readonly number: number
  readonly body: Fields
}

/** How many numbers are hashed together. */
const TOGETHER = 5
/** Where the places of what is stirred in begin, so that no two mean the same. */
const BEYOND = 1_000
const LATER = 2_000

export function createFingerprint<Asked>(declarations: readonly Declared[]): Fingerprint<Asked> {
  const lists: (readonly string[])[] = []
  const cases = declarations.map((declared) => caseOf(declared, lists))
  const source = `function fingerprint(c) {
    switch (c.kind) {
      ${cases.join('\n')}
      default: throw new Error(c.kind + ' is no command')
    }
  }`
  const isAsBefore = (
    command: Readonly<Record<string, unknown>>,
    kind: string,
    name: string,
  ): boolean => {
    const field = declarations.find((declared) => declared.kind === kind)?.body[name]
    return field?.since?.value(command) === command[name]
  }
  return compile<Fingerprint<Asked>>(source, { lists, hashNumbers, stir, isAsBefore })
}

export const fingerprint: Fingerprint<Command> = createFingerprint<Command>(Object.values(COMMANDS))

interface Part {
  readonly name: string
  readonly field: Field
  /** The number that stands for its value. */
  readonly source: string
  /** Among the fields of its kind, for ever. */
  readonly place: number
}

function caseOf({ kind, number, body }: Declared, lists: (readonly string[])[]): string {
  const parts = Object.entries(body).map(([name, field], place): Part => {
    return { name, field, place, source: numberSource(name, field, lists) }
  })
  const first = parts.filter(({ field }) => field.since === null)
  const wide = first.filter(({ field }) => field.room === 0)
  const small = [
    ...first.filter(({ field }) => field.room > 0 && field.form.as === 'name'),
    ...first.filter(({ field }) => field.room > 0 && field.form.as !== 'name'),
  ]
  const numbers = wide.map(({ source }) => source)
  if (small.length > 0) numbers.push(digitsSource(small))
  const together = Array.from({ length: TOGETHER }, (_, index) => numbers[index] ?? '0')
  const further = numbers
    .slice(TOGETHER)
    .map((source, index) => `print = stir(print, ${TOGETHER + index}, ${source})`)
  const beyond = small.map(
    ({ source, field, place }) =>
      `if (${source} >= ${field.room}) print = stir(print, ${BEYOND + place}, ${source})`,
  )
  const later = parts
    .filter(({ field }) => field.since !== null)
    .map(
      ({ name, source, place }) =>
        `if (!isAsBefore(c, '${kind}', '${name}')) print = stir(print, ${LATER + place}, ${source})`,
    )
  const hash = `hashNumbers(${[number, ...together].join(', ')})`
  const more = [...further, ...beyond, ...later]
  if (more.length === 0) return `case '${kind}': return ${hash}`
  return `case '${kind}': { let print = ${hash}; ${more.join('; ')}; return print }`
}

function numberSource(name: string, { form }: Field, lists: (readonly string[])[]): string {
  assert(form.as === 'whole' || form.as === 'name', `${name} of a command is a number or a name`)
  if (form.as === 'whole') return `c.${name}`
  if (!lists.includes(form.names)) lists.push(form.names)
  return `lists[${lists.indexOf(form.names)}].indexOf(c.${name})`
}

/** The first is the highest digit. */
function digitsSource(small: readonly Part[]): string {
  let source = '0'
  for (const { field, source: digit } of small)
    source = `(${source} * ${field.room} + ${digit} % ${field.room})`
  return source
}

function stir(print: Hash, place: number, value: number): Hash {
  return hashNumbers(place, print.high >>> 0, print.low >>> 0, value, 0, 0)
}
