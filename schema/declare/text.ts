/** Text from outside. Every field that somebody may fill with words is made here, so that what is stored and
 *  shown is well-formed Unicode in one spelling (NFC), without controls, and as long as it looks.
 *
 *  Postgres takes no NUL, a log no line break, and a page no character that turns the direction of what comes
 *  after it: none of them is part of any name. */
import { z } from 'zod'

interface TextFacts {
  readonly min: number
  readonly max: number
  readonly about: string
}

/** Words for people: without space around them, and with something in them that can be seen. */
export function text({ min, max, about }: TextFacts): z.ZodString {
  return bounded(
    z
      .string()
      .normalize('NFC')
      .trim()
      .refine((value) => isClean(value) && (min === 0 || VISIBLE.test(value))),
    { min, max, about },
  )
}

/** What only its owner knows, so that every space counts. */
export function secret(facts: TextFacts): z.ZodString {
  return bounded(z.string().normalize('NFC').refine(isClean), facts)
}

/** Lengths are told and counted in code points, as JSON Schema counts them too; `z.string().max` counts
 *  halves of them. */
function bounded(schema: z.ZodString, { min, max, about }: TextFacts): z.ZodString {
  return schema
    .refine((value) => {
      // Never counted when it cannot be short enough.
      if (value.length > 2 * max) return false
      const length = Array.from(value).length
      return length >= min && length <= max
    })
    .meta({ description: about, minLength: min, maxLength: max })
}

/** Controls, halves of surrogate pairs, line and paragraph separators, overrides of the direction. */
const UNCLEAN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

function isClean(value: string): boolean {
  return !UNCLEAN.test(value)
}
