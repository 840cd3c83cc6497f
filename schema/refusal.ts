/** A refusal as it is told, for the documents and the tests. The table itself is schema/reject.ts. */
import { z } from 'zod'
import { REJECT_CLASSES, REJECT_CODES } from './reject.ts'
import type { Reject } from './reject.ts'

export const rejectSchema: z.ZodType<Reject> = z
  .strictObject({
    code: z.enum(REJECT_CODES).describe('Which refusal.'),
    number: z.int().describe('The same as a number, which never changes its meaning.'),
    class: z.enum(REJECT_CLASSES).describe('All that a program needs to act on.'),
    en: z.string().describe('For people, in English.'),
    zh: z.string().describe('For people, in Chinese.'),
    field: z.string().exactOptional().describe('What was wrong, as `items.3.amountMinor`.'),
    retryAfterMs: z.int().min(0).exactOptional().describe('How long to wait.'),
  })
  .meta({ id: 'Reject', description: 'A refusal.' })

/** The body of an HTTP answer that is a refusal. */
export interface ErrorAnswer {
  readonly error: Reject
}
export const errorAnswer: z.ZodType<ErrorAnswer> = z
  .strictObject({ error: rejectSchema })
  .meta({ id: 'ErrorAnswer', description: 'What is answered instead when the request is refused.' })
