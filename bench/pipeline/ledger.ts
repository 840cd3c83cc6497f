/** Asks the ledger for what was acknowledged: each bid must be there, exactly once. */
import pg from 'pg'
import type { TestMarket } from '../../test/harness/market.ts'
import type { Heard } from './load.ts'

export interface Lost {
  readonly checked: number
  readonly lost: number
  /** From the end of the load until the ledger had caught up. */
  readonly settledAfterMs: number
}

const CATCH_UP_MS_MAX = 300_000
const LOOK_MS = 200
const IDS_PER_QUERY = 50_000

/** Waits until all is settled; then counts acknowledged bids that the ledger does not know.
 *  @throws when settlement does not catch up */
export async function countLost(market: TestMarket, heard: readonly Heard[]): Promise<Lost> {
  const startedAt = performance.now()
  const client = new pg.Client({ connectionString: market.databaseUrl })
  await client.connect()
  try {
    await untilSettled(market)
    const settledAfterMs = Math.round(performance.now() - startedAt)
    let lost = 0
    let checked = 0
    for (const bidIds of heard.flatMap((one) => pages(one.bidIds))) {
      const { rows } = await client.query<{ found: number }>(
        'select count(*)::int as found from bid where bid_id = any($1::bigint[])',
        [bidIds],
      )
      checked += bidIds.length
      lost += bidIds.length - (rows[0]?.found ?? 0)
    }
    return { checked, lost, settledAfterMs }
  } finally {
    await client.end()
  }
}

/** Resolves when the ledger has come as far as the journal. @throws when it does not get there */
export async function untilSettled(market: TestMarket): Promise<void> {
  const deadline = performance.now() + CATCH_UP_MS_MAX
  const { http } = await market.openOperator()
  while (performance.now() < deadline) {
    const { sequence, settled } = await http.ask('GET /v1/market')
    if (settled === sequence) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  throw new Error(`the ledger had not caught up after ${CATCH_UP_MS_MAX / 1000} s`)
}

function pages(ids: readonly number[]): number[][] {
  const found: number[][] = []
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY)
    found.push(ids.slice(start, start + IDS_PER_QUERY))
  return found
}
