/** How a WebSocket is tied to a person. */
import { z } from 'zod'
import { account } from '../declare/field.ts'
import { operation } from '../declare/operation.ts'
import { said } from '../declare/shape.ts'
import { secret } from '../declare/text.ts'
import { TOKEN_LENGTH_MAX } from '../limit.ts'
import { roles } from './row.ts'

const channels = z
  .array(z.string())
  .describe("Those that are followed now: another person's private ones are given up.")

export const PERSON_OPERATIONS = {
  logon: operation({
    access: 'anyone',
    about: 'Ties the connection to a session.',
    params: z.strictObject({
      token: secret({
        min: 1,
        max: TOKEN_LENGTH_MAX,
        about: 'As `POST /v1/sessions` answered it.',
      }),
    }),
    reply: z.strictObject({ accountId: said(account('Who is signed in.')), roles, channels }),
  }),
  logout: operation({
    access: 'signed-in',
    about: 'Ends the session itself, everywhere. The connection stays.',
    params: z.strictObject({}),
    reply: z.strictObject({ accountId: z.null(), channels }),
  }),
} as const
