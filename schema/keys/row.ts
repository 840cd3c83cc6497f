/** What the records say of one key. */
import { z } from 'zod'
import { COMMANDS } from '../command.ts'
import { moment, position } from '../declare/field.ts'
import { message, said } from '../declare/shape.ts'
import type { Said } from '../declare/shape.ts'
import { REFUSED } from '../event.ts'
import type { Answer } from '../event.ts'

const answers = [...Object.values(COMMANDS).map((command) => command.answer), REFUSED]

/** The settled truth about one key. */
export const outcomeReply = z.strictObject({
  sequence: said(position('Where in the journal it was answered.')),
  atMs: said(moment('When.')),
  answer: z.union(answers.map((declared) => message(declared))) as z.ZodType<Answer>,
})
export type OutcomeReply = Said<typeof outcomeReply>
