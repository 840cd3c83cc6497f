/** What can be asked about one's own keys. */
import { z } from 'zod'
import { operation } from '../declare/operation.ts'
import { keySchema } from '../key.ts'
import { outcomeReply } from './row.ts'

export const KEY_OPERATIONS = {
  'outcome.get': operation({
    access: 'own.read',
    about: "The settled truth about one of the caller's keys, from the records.",
    params: z.strictObject({ key: keySchema.describe('The key of the command.') }),
    reply: outcomeReply,
  }),
} as const
