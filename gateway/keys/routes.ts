/** One's own keys over HTTP, and those of commands for others. */
import type { Handlers } from '../http/handling.ts'
import { ownerOf } from './owner.ts'

export const keyRoutes = {
  'GET /v1/outcomes/{key}': ({ session, path, query }, { outcomes }) =>
    outcomes.find(ownerOf(session, query.accountId), path.key),
} satisfies Partial<Handlers>
