/** Waits until a market has come to rest: nobody waits for an answer, no listing is open, and everything
 *  in the journal is answered, recorded, settled and worked off. */
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { readTip } from './journal-end.ts'

const LOOK_EVERY_MS = 50
/** A broken market may move for ever. */
const REST_MS_MAX = 60_000
/** Consecutive looks that must find the same. */
const LOOKS = 3

export interface Rest {
  readonly isResting: boolean
  /** Where it stands, or what it is still doing. */
  readonly where: string
}

interface Standing {
  readonly recorded: number
  readonly settled: number
  readonly open: number
  readonly jobs: number
}

const STANDING = `
  select (select sequence::int from settlement_cursor where stage = 'recorded') as recorded,
         (select sequence::int from settlement_cursor where stage = 'settled') as settled,
         (select count(*)::int from listing where status = 'open') as open,
         (select count(*)::int from outbox where done_at is null) as jobs`

/** Gives up once nothing has moved for `patienceMs`, counted in looks: a machine that stands still as a
 *  whole does not count. Never throws for a market that does not come to
 *  rest: that is for the checks to say. */
export async function untilAtRest(
  urls: { readonly databaseUrl: string; readonly journalUrl: string },
  patienceMs: number,
): Promise<Rest> {
  const deadline = Date.now() + REST_MS_MAX
  let unmoved = 0
  const client = new Client({ connectionString: urls.databaseUrl })
  await client.connect()
  try {
    let before = ''
    let where = ''
    for (let looks = 0; Date.now() < deadline; await wait(LOOK_EVERY_MS)) {
      const tip = await readTip(urls.journalUrl)
      const { rows } = await client.query<Standing>(STANDING)
      where = JSON.stringify({ ...tip, ...rows[0] })
      const isQuiet = rows[0] !== undefined && isDone(tip, rows[0])
      looks = isQuiet && (looks === 0 || where === before) ? looks + 1 : 0
      unmoved = where === before ? unmoved + 1 : 0
      before = where
      if (unmoved * LOOK_EVERY_MS > patienceMs) break
      if (looks === LOOKS) return { isResting: true, where }
    }
    return { isResting: false, where }
  } finally {
    await client.end()
  }
}

function isDone(tip: Awaited<ReturnType<typeof readTip>>, standing: Standing): boolean {
  return (
    tip.commandId === tip.eventId &&
    standing.recorded === tip.sequence &&
    standing.settled === tip.sequence &&
    standing.open === 0 &&
    standing.jobs === 0
  )
}
