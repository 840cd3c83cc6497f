/** Which of several settlers works: the one that holds the lease, a row with a number for each term, a
 *  holder and a heartbeat by the database's clock.
 *
 *  It ends when it is given back, when the session that took it is gone, and when its heartbeat stops: a
 *  process that hangs keeps its sessions, and whatever they have locked. So whoever takes over ends the
 *  sessions of the one before, and with them all that was half-done. One that wakes up later finds that the
 *  term is no longer its own: each of its transactions asks (held.ts), besides the cursor, which no
 *  two move from the same place. */
import type { Pool, PoolClient } from 'pg'
import { LEASE_BEAT_MS, LEASE_MS_MAX } from '../../schema/limit.ts'
import { messageOf, pause } from '../../engine/host/index.ts'
import type { Log } from '../../engine/host/index.ts'
import type { LeaseMark } from './held.ts'

/** With the term's number: held by the session that took the lease. */
const LOCK = 724_502
const ASK_EVERY_MS = 100

export interface Lease extends LeaseMark {
  /** Aborted when the lease may be lost, or when the settler is asked to stop. */
  readonly signal: AbortSignal
  release(): Promise<void>
}

interface Asking {
  readonly pool: Pool
  /** A uuid. The holder's connections carry it as their application's name. */
  readonly holder: string
  readonly log: Log
  readonly stop: AbortSignal
  /** Another one holds it, which is as good. */
  readonly onStandby?: () => void
}

/** Waits for the lease; null once `stop` is aborted. Throws when the server cannot be reached. */
export async function takeLease({
  pool,
  holder,
  log,
  stop,
  onStandby,
}: Asking): Promise<Lease | null> {
  const client = await pool.connect()
  const lost = new AbortController()
  const lose = () => lost.abort()
  client.on('error', lose)
  client.on('end', lose)
  try {
    while (!stop.aborted) {
      const taken = await tryTake(client, holder)
      if (taken !== null) {
        if (taken.former !== holder) await endFormer(client, taken.former, log)
        return leaseOf(client, { term: taken.term, holder }, lost, stop)
      }
      onStandby?.()
      await pause(ASK_EVERY_MS, stop)
    }
  } catch (error) {
    client.release(true)
    throw error
  }
  client.release(true)
  return null
}

interface Taken {
  readonly term: number
  readonly former: string | null
}

async function tryTake(client: PoolClient, holder: string): Promise<Taken | null> {
  await client.query('begin')
  const { rows } = await client.query<Taken>(TAKE, [holder, LEASE_MS_MAX])
  const taken = rows[0] ?? null
  if (taken !== null)
    await client.query('select pg_advisory_lock($1, $2::integer)', [LOCK, taken.term])
  await client.query('commit')
  return taken
}

/** A heartbeat from the future is none: the server's clock was put back. */
const TAKE = `
  with former as (select holder from settlement_lease)
  update settlement_lease
     set term = term + 1, holder = $1, heartbeat_at = clock_timestamp()
   where holder is null or holder = $1
      or abs(extract(epoch from clock_timestamp() - heartbeat_at)) * 1000 > $2
      or pg_try_advisory_xact_lock(${LOCK}, term::integer)
  returning term, (select holder from former) as former`

/** What it has begun and not committed would keep its locks for as long as it hangs. */
async function endFormer(client: PoolClient, former: string | null, log: Log): Promise<void> {
  if (former === null) return
  try {
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = $1 and datname = current_database() and pid <> pg_backend_pid()`,
      [former],
    )
    log.warn({ at: 'lease-taken-over', former, sessionsEnded: rowCount })
  } catch (error) {
    log.error({ at: 'lease-former-not-ended', former, error: messageOf(error) })
  }
}

function leaseOf(
  client: PoolClient,
  mark: LeaseMark,
  lost: AbortController,
  stop: AbortSignal,
): Lease {
  const over = new AbortController()
  const signal = AbortSignal.any([lost.signal, stop])
  const beating = beat(client, mark, AbortSignal.any([lost.signal, over.signal])).finally(() =>
    lost.abort(),
  )
  let isReleased = false
  return {
    ...mark,
    signal,
    release: async () => {
      if (isReleased) return
      isReleased = true
      over.abort()
      await beating
      await client.query(GIVE_BACK, [mark.term, mark.holder]).catch(() => {})
      client.release(true)
    },
  }
}

/** Ends when the lease is another's, when the server is out of reach, or when it is over. */
async function beat(
  client: PoolClient,
  { term, holder }: LeaseMark,
  signal: AbortSignal,
): Promise<void> {
  try {
    // A heartbeat that a crash of the server forgets was of no use anyway.
    await client.query('set synchronous_commit = off')
    while (!signal.aborted) {
      await pause(LEASE_BEAT_MS, signal)
      const { rowCount } = await client.query(BEAT, [term, holder])
      if (rowCount !== 1) return
    }
  } catch {
    // Whoever works under the lease hears of it by its signal.
  }
}

const BEAT = `update settlement_lease set heartbeat_at = clock_timestamp() where term = $1 and holder = $2`
const GIVE_BACK = `update settlement_lease set holder = null where term = $1 and holder = $2`
