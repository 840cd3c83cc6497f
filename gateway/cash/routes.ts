/** Cash over HTTP. */
import type { Handlers } from '../http/handling.ts'
import { sumInvestedMinor } from '../loan/records.ts'

export const cashRoutes = {
  'GET /v1/cash': async ({ session }, { feed, records }) => {
    const { accountId } = session
    const investedMinor = await sumInvestedMinor(records, accountId)
    const { sequence } = feed.view
    return { sequence, ...feed.view.account(accountId).cash(), investedMinor }
  },
} satisfies Partial<Handlers>
