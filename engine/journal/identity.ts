/** Whose journal it is: the market's identity, as the journal itself carries it.
 *
 *  It comes from the market's database, and is put there by who sees both and finds both empty (see
 *  join-record.ts). An engine sees the journal only: it waits until there is one, and makes nothing up. */
import type { MarketIdentity } from '../../schema/entry.ts'
import { pause } from '../host/backoff.ts'
import { JournalForeign, REMEDY } from './failure.ts'
import type { Journal } from './journal.ts'
import type { Caller } from './link.ts'

const LOOK_EVERY_MS = 50

/** Null for a journal that carries none. */
export async function readIdentity(
  { keys }: Pick<Journal, 'keys'>,
  caller: Caller,
): Promise<MarketIdentity | null> {
  const found = (await caller.call('GET', keys.identity)) as Buffer | null
  return found === null ? null : found.toString()
}

/** Throws JournalForeign when the journal is not `identity`'s. */
export async function assertIdentity(
  journal: Pick<Journal, 'keys' | 'where'>,
  caller: Caller,
  identity: MarketIdentity,
): Promise<void> {
  const found = await readIdentity(journal, caller)
  if (found === identity) return
  const carries = found === null ? 'carries no identity' : `carries the identity ${found}`
  throw new JournalForeign(
    `the journal at ${journal.where} ${carries}, this market's is ${identity}: ${REMEDY}`,
  )
}

/** Waits until the journal carries an identity and holds it to that from then on. Null when asked to stop
 *  meanwhile. */
export async function holdWhatItCarries(
  journal: Journal,
  signal: AbortSignal,
): Promise<MarketIdentity | null> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    const look = () => readIdentity(journal, journal)
    const found = await journal.persist('looking whose it is', look, signal)
    if (found !== null) {
      await journal.persist('looking whose it is', () => journal.hold(found), signal)
      return found
    }
    if (attempt === 1) journal.log.info({ at: 'waiting', for: 'the identity of the journal' })
    await pause(LOOK_EVERY_MS, signal)
  }
  return null
}
