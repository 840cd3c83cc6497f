/** One's own keys over HTTP. */
import type { Handlers } from '../http/handling.ts'

export const keyRoutes = {
  'GET /v1/outcomes/{key}': ({ session, path }, { records }) =>
    records.outcome(session.accountId, path.key),
} satisfies Partial<Handlers>
