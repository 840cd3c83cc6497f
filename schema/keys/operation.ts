/** What can be asked about one's own keys. */
import { z } from 'zod'
import { account } from '../declare/field.ts'
import { operation } from '../declare/operation.ts'
import { asked } from '../declare/shape.ts'
import { keySchema } from '../key.ts'
import { RECORDS_PRICE } from '../limit.ts'
import { outcomeReply } from './row.ts'

export const KEY_OPERATIONS = {
  'outcome.get': operation({
    access: 'own.read',
    price: () => RECORDS_PRICE,
    about:
      "The settled truth about one of the caller's keys, or about a command for another's account.",
    params: z.strictObject({
      key: keySchema.describe('The key of the command.'),
      accountId: asked(
        account(
          "The account whose key it is, when that is not one's own: a deposit's, a borrower's.",
        ),
      ).optional(),
    }),
    reply: outcomeReply,
  }),
} as const
