/** One's own keys over HTTP. */
import type { Handlers } from '../http/handling.ts'
import { readOutcome } from './records.ts'

export const keyRoutes = {
  'GET /v1/outcomes/{key}': ({ session, path }, { records }) =>
    readOutcome(records, session.accountId, path.key),
} satisfies Partial<Handlers>
