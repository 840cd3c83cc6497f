/** Persons and their sessions over HTTP. */
import type { Handlers } from '../http/handling.ts'

export const personRoutes = {
  'POST /v1/persons': ({ body, address }, { persons }) => persons.register(body, address),

  'POST /v1/sessions': ({ body, address }, { persons }) => persons.signIn(body, address),

  'DELETE /v1/sessions': async ({ session }, { sessions }) => {
    await sessions.end(session)
    return {}
  },

  'GET /v1/me': ({ session }, { persons }) => persons.me(session),
} satisfies Partial<Handlers>
