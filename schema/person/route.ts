/** Persons and their sessions over HTTP. */
import { z } from 'zod'
import { route } from '../declare/route.ts'
import type { Said } from '../declare/shape.ts'
import { secret, text } from '../declare/text.ts'
import {
  DEVICE_LENGTH_MIN,
  NAME_LENGTH_MAX,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  PASSWORD_PRICE,
  RECORDS_PRICE,
  TOKEN_LENGTH_MAX,
} from '../limit.ts'
import { accountId, email, personName, roles } from './row.ts'

const sessionAnswer = z
  .strictObject({
    token: z.string().describe('Goes into `Authorization: Bearer …`; shown once.'),
    accountId,
    name: personName,
    roles,
    expiresAtMs: z
      .int()
      .min(0)
      .describe('When the session ends by itself, by the clock of the gateway.'),
  })
  .meta({ id: 'SessionAnswer', description: 'A session that has just begun.' })
export type SessionAnswer = Said<typeof sessionAnswer>

const meAnswer = z.strictObject({ accountId, email: z.string(), name: personName, roles })
export type MeAnswer = Said<typeof meAnswer>

const device = secret({
  min: DEVICE_LENGTH_MIN,
  max: TOKEN_LENGTH_MAX,
  about:
    'A secret that this device has made up once, keeps for good and tells at every sign-in: opens nothing, but who has signed in with it before is not held back by what others guess.',
}).optional()

export const PERSON_ROUTES = {
  'POST /v1/persons': route({
    access: 'anyone',
    paidFrom: 'registrations',
    name: 'person.register',
    about: 'A new investor, signed in.',
    body: z.strictObject({
      email,
      password: secret({
        min: PASSWORD_LENGTH_MIN,
        max: PASSWORD_LENGTH_MAX,
        about: 'Known to this person alone.',
      }),
      name: text({ min: 1, max: NAME_LENGTH_MAX, about: 'What to call them.' }),
      device,
    }),
    reply: sessionAnswer,
  }),
  'POST /v1/sessions': route({
    access: 'anyone',
    paidFrom: 'queries',
    price: PASSWORD_PRICE,
    name: 'session.start',
    about: 'Signs in.',
    body: z.strictObject({
      email,
      password: secret({ min: 1, max: PASSWORD_LENGTH_MAX, about: 'As it was registered.' }),
      device,
    }),
    reply: sessionAnswer,
  }),
  'DELETE /v1/sessions': route({
    access: 'signed-in',
    paidFrom: 'queries',
    price: RECORDS_PRICE,
    name: 'session.end',
    about: 'Signs out, everywhere at once.',
    reply: z.strictObject({}),
  }),
  'GET /v1/me': route({
    access: 'signed-in',
    paidFrom: 'queries',
    price: RECORDS_PRICE,
    name: 'person.me',
    about: 'Who is signed in.',
    reply: meAnswer,
  }),
} as const
