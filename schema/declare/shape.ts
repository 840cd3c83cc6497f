/** Fields and declared messages as zod schemas: what a caller may ask, and what an answer says.
 *
 *  What is asked is checked at the edge, by the bounds of today. What is said is checked by tests only,
 *  by the bounds of what can be stored; the documents are made of both. No file that the browser loads
 *  imports this one for more than its types. */
import { z } from 'zod'
import { keySchema } from '../key.ts'
import type { Key } from '../key.ts'
import { REJECT_CODES } from '../reject.ts'
import type { AddedField, Field, Fields, ValueOf, ValuesOf } from './field.ts'
import type { EventDeclaration, MessageOf } from './message.ts'
import type { Sequence } from '../unit.ts'

/** A zod number that comes out branded: the edge is where a plain number becomes money. */
function branded<Brand extends number>(schema: z.ZodType): z.ZodType<Brand, number> {
  return schema as unknown as z.ZodType<Brand, number>
}

/** A value as a caller writes it, before brands. */
export type Plain<Value> = Value extends number ? number : Value extends Key ? string : Value

/** What a schema lets through, as those see it who only read it. */
export type Said<Schema extends z.ZodType> = Frozen<z.output<Schema>>
type Frozen<Value> = unknown extends Value
  ? Value
  : Value extends string | number | boolean | null | undefined
    ? Value
    : { readonly [Name in keyof Value]: Frozen<Value[Name]> }

type Schemas<Declared extends Fields> = {
  readonly [Name in keyof Declared]: z.ZodType<
    ValueOf<Declared[Name]>,
    Plain<ValueOf<Declared[Name]>>
  >
}

/** A field as it may be asked for: within `asked`, and whole numbers only. */
export function asked<Value>(field: Field<Value>): z.ZodType<Value, Plain<Value>> {
  const { form, asked: bounds, about } = field
  const schema =
    form.as === 'whole' && bounds !== null
      ? z.int().min(bounds.min).max(bounds.max).describe(about)
      : said(field)
  return schema as z.ZodType<Value, Plain<Value>>
}

/** A field as an answer says it. */
export function said<Value>(field: Field<Value>): z.ZodType<Value, Plain<Value>> {
  return formSchema(field).describe(field.about) as z.ZodType<Value, Plain<Value>>
}

/** Who does not know a field that came later asks without it, and means what was meant before there was one. */
export function askedShape<Declared extends Fields>(fields: Declared): AskedSchemas<Declared> {
  const schemaOf = (field: Field): z.ZodType => {
    const { since } = field
    return since === null ? asked(field) : asked(field).default(since.value({}))
  }
  return shapeOf(fields, schemaOf) as AskedSchemas<Declared>
}

type AskedSchemas<Declared extends Fields> = {
  readonly [Name in keyof Declared]: AskedSchema<Declared[Name]>
}
export type AskedSchema<Declared extends Field> = Declared extends AddedField
  ? z.ZodDefault<z.ZodType<ValueOf<Declared>, Plain<ValueOf<Declared>>>>
  : z.ZodType<ValueOf<Declared>, Plain<ValueOf<Declared>>>

export function saidShape<Declared extends Fields>(fields: Declared): Schemas<Declared> {
  return shapeOf(fields, said) as Schemas<Declared>
}

/** A row of an answer, declared by its fields. `name` is what the documents call it. */
export function row<Declared extends Fields>(
  name: string,
  about: string,
  fields: Declared,
): z.ZodObject<Schemas<Declared>, z.core.$strict> {
  return z.strictObject(saidShape(fields)).meta({ id: name, description: about })
}

/** A declared event as an answer says it: its kind, then its fields. */
export function message<Declared extends EventDeclaration>(
  declared: Declared,
): z.ZodType<MessageOf<Declared>> {
  const { kind, about, fields } = declared
  return z
    .strictObject({ kind: z.literal(kind), ...saidShape(fields) })
    .meta({ id: kind, description: about }) as unknown as z.ZodType<MessageOf<Declared>>
}

/** What is said of an answer in a batch that is an earlier one again. */
export interface Again {
  readonly isRepeated?: true
  /** Where it was given first. */
  readonly sequence?: Sequence
}

const again = {
  isRepeated: z
    .literal(true)
    .exactOptional()
    .describe('The key had been answered before: this is that answer again.'),
  sequence: z.int().min(1).exactOptional().describe('Of a repeat: where it was answered first.'),
}

/** What a batch's caller hears of a declared event. */
export function briefMessage<Declared extends EventDeclaration>({
  kind,
  fields,
  brief,
}: Declared): z.ZodType<Pick<ValuesOf<Declared['fields']>, Declared['brief'][number]>> {
  const told = brief.map((name) => [name, fields[name] as Field] as const)
  return z.strictObject({ ...saidShape(Object.fromEntries(told)), ...again }).meta({
    id: `${kind}InBrief`,
    description: `\`${kind}\` in brief.`,
  }) as never
}

/** A number in an address or a query: decimal digits and nothing else. Written as a number by a caller in
 *  TypeScript. */
export function digits<Value extends number = number>(
  min: number,
  max: number,
): z.ZodType<Value, number> {
  const text = z.string().regex(/^(?:0|[1-9][0-9]{0,15})$/)
  return branded<Value>(text.pipe(z.coerce.number<string>().int().min(min).max(max)))
}

function shapeOf(
  fields: Fields,
  schemaOf: (field: Field) => z.ZodType,
): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOf(field)]))
}

function formSchema({ form }: Field): z.ZodType {
  switch (form.as) {
    case 'whole':
      return z.int().min(form.min)
    case 'key':
      return form.orNone ? keySchema.nullable() : keySchema
    case 'name':
      return z.enum(form.names)
    case 'reject':
      return z.enum(REJECT_CODES)
    case 'fills':
      return z.array(fill)
    case 'answer':
      throw new Error('the answer of another command is told without its repetition')
  }
}

const fill = z
  .strictObject({ bidId: z.int().min(1), accountId: z.int().min(1), amountMinor: z.int().min(0) })
  .meta({ id: 'Fill', description: 'One winning or released bid.' })
