/** One's own keys over HTTP. */
import { z } from 'zod'
import { route } from '../declare/route.ts'
import { digits } from '../declare/shape.ts'
import { keySchema } from '../key.ts'
import { RECORDS_PRICE } from '../limit.ts'
import type { AccountId } from '../unit.ts'
import { KEY_OPERATIONS } from './operation.ts'
import { outcomeReply } from './row.ts'

const { access, about } = KEY_OPERATIONS['outcome.get']

export const KEY_ROUTES = {
  'GET /v1/outcomes/{key}': route({
    access,
    paidFrom: 'queries',
    price: RECORDS_PRICE,
    name: 'outcome.get',
    about,
    path: z.strictObject({ key: keySchema.describe('The key of the command.') }),
    query: z.strictObject({
      accountId: digits<AccountId>(1, Number.MAX_SAFE_INTEGER)
        .optional()
        .describe("The account whose key it is, when that is not one's own."),
    }),
    reply: outcomeReply,
  }),
} as const
