/** zod schemas as JSON schemas for the documents: what has a name of its own is told once, among the
 *  components, and pointed to from everywhere else. */
import { z } from 'zod'

export type Json = Readonly<Record<string, unknown>>

const POINTER = '#/components/schemas/'

export class Schemas {
  readonly #components = new Map<string, Json>()

  /** What a caller writes. */
  asked(schema: z.ZodType): Json {
    return this.#read(schema, 'input')
  }

  /** What is answered. */
  said(schema: z.ZodType): Json {
    return this.#read(schema, 'output')
  }

  /** Puts a schema among the components under a name; points to it. */
  named(name: string, schema: Json): Json {
    this.#components.set(name, schema)
    return { $ref: POINTER + name }
  }

  /** All that was named so far, by name. */
  components(): Json {
    const names = [...this.#components.keys()].sort()
    return Object.fromEntries(names.map((name) => [name, this.#components.get(name)]))
  }

  #read(schema: z.ZodType, io: 'input' | 'output'): Json {
    const made = z.toJSONSchema(schema, { io, target: 'draft-2020-12' }) as Record<string, unknown>
    const { $defs = {}, $schema: _dialect, ...body } = made
    for (const [name, definition] of Object.entries($defs as Record<string, Json>))
      this.#components.set(name, withoutId(pointed(definition) as Json))
    const name = schema.meta()?.id
    return name === undefined
      ? (pointed(body) as Json)
      : this.named(name, withoutId(pointed(body) as Json))
  }
}

function withoutId({ id: _id, ...rest }: Json): Json {
  return rest
}

/** The same with every pointer into `$defs` turned to the components. */
function pointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      name === '$ref' && typeof member === 'string'
        ? [name, member.replace('#/$defs/', POINTER)]
        : [name, pointed(member)],
    ),
  )
}
