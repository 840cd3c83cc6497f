/** What of a declared message counts in a trace: its number and its fields in the order of their declaration,
 *  by the words of a version of the schema. Functions compiled from the declarations, as in engine/journal/forms. */
import { compile } from '../compile.ts'
import { fieldsIn, numberOf, valueGone } from '../journal/forms.ts'
import type { Declared } from '../journal/forms.ts'
import type { Field, Fill } from '../../schema/declare/field.ts'
import { assert } from '../../schema/unit.ts'
import type { Trace } from './trace.ts'

export type Tracer<Message> = (message: Message, trace: Trace) => void

/** The tracers of all versions from 1 to `current`. A kind that came later is traced as it came. */
export function createTracers<Message>(
  declarations: readonly Declared[],
  current: number,
): (version: number) => Tracer<Message> {
  const made = Array.from({ length: current }, (_, index) =>
    compileTracer<Message>(declarations, index + 1),
  )
  return (version) => {
    const tracer = made[version - 1]
    assert(tracer !== undefined, `schema version ${version} is not known`)
    return tracer
  }
}

function compileTracer<Message>(
  declarations: readonly Declared[],
  version: number,
): Tracer<Message> {
  const lists: (readonly string[])[] = []
  const cases = declarations.map((declared) => {
    const { kind, number, since } = declared
    const steps = fieldsIn(Math.max(version, since), declared).map(([name, field]) => {
      const value = field.until === null ? `m.${name}` : `gone(m, '${name}')`
      return stepSource(value, field, lists)
    })
    return `case '${kind}': trace.number(${number}); ${steps.join('; ')}; return`
  })
  const source = `function tell(m, trace) {
    switch (m.kind) {
      ${cases.join('\n')}
      default: throw new Error(m.kind + ' is not declared')
    }
  }`
  const gone = (message: { readonly kind: string }, name: string): unknown =>
    valueGone(declarations, message, name)
  return compile<Tracer<Message>>(source, { lists, gone, numberOf, tellFills })
}

function stepSource(value: string, { form }: Field, lists: (readonly string[])[]): string {
  switch (form.as) {
    case 'whole':
      return `trace.number(${value})`
    case 'key':
      if (!form.orNone) return `trace.key(${value})`
      return `if (${value} === null) trace.number(0); else trace.key(${value})`
    case 'name':
      if (!lists.includes(form.names)) lists.push(form.names)
      return `trace.number(lists[${lists.indexOf(form.names)}].indexOf(${value}))`
    case 'reject':
      return `trace.number(numberOf(${value}))`
    case 'fills':
      return `tellFills(${value}, trace)`
    case 'answer':
      return `tell(${value}, trace)`
  }
}

function tellFills(fills: readonly Fill[], trace: Trace): void {
  trace.number(fills.length)
  for (const { bidId, accountId, amountMinor } of fills) {
    trace.number(bidId)
    trace.number(accountId)
    trace.number(amountMinor)
  }
}
