/** Which of several settlers works: the one that holds an advisory lock. This is politeness, so that
 *  two do not do the same work twice over; what keeps anything from being written twice is the cursor
 *  (a lock is gone with its session, and its holder may not know). The others stand by, and one takes
 *  over within a tenth of a second of the holder's end. */
import type { Pool, PoolClient } from 'pg'
import { pause } from '../../engine/host/index.ts'

const LOCK = 724_502
const ASK_EVERY_MS = 100

export interface Lease {
  /** Aborted when the lock may be lost, or when the settler is asked to stop. */
  readonly signal: AbortSignal
  release(): Promise<void>
}

/** Waits for the lock; null once `stop` is aborted. Throws when the server cannot be reached. */
export async function takeLease(pool: Pool, stop: AbortSignal): Promise<Lease | null> {
  const client = await pool.connect()
  const lost = new AbortController()
  const lose = () => lost.abort()
  client.on('error', lose)
  client.on('end', lose)
  try {
    while (!stop.aborted) {
      if (await tryLock(client)) return leaseOf(client, lost, stop)
      await pause(ASK_EVERY_MS, stop)
    }
  } catch (error) {
    client.release(true)
    throw error
  }
  client.release(true)
  return null
}

async function tryLock(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock($1) as locked',
    [LOCK],
  )
  return rows[0]?.locked === true
}

function leaseOf(client: PoolClient, lost: AbortController, stop: AbortSignal): Lease {
  let isReleased = false
  return {
    signal: AbortSignal.any([lost.signal, stop]),
    release: async () => {
      if (isReleased) return
      isReleased = true
      // Unlocked first: the server may take a moment to notice a connection that has gone.
      await client.query('select pg_advisory_unlock_all()').catch(() => {})
      client.release(true)
    },
  }
}
