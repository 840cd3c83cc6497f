/** Who of two settlers works: when one hangs, dies or is asked to stop the other takes over, and whoever
 *  comes back does no harm. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LEASE_MS_MAX } from '../../schema/index.ts'
import { CursorMoved, moveCursor, readCursor } from '../../workers/settlement/cursor.ts'
import { assertHeld, LeaseLost } from '../../workers/settlement/held.ts'
import { takeLease } from '../../workers/settlement/lease.ts'
import { transact } from '../../workers/settlement/transact.ts'
import { SILENT_LOG } from '../../engine/host/index.ts'
import { anyLease, faultsOf, SEED, startLedger, until, untilSettled } from './ledger-fixture.ts'
import type { LedgerFixture } from './ledger-fixture.ts'

process.stdout.write(`SEED=${SEED}\n`)

const SETTLERS = ['settlement-1', 'settlement-2']
/** The lease's end, and time to read the ledger on a busy machine. */
const TAKE_OVER_MS_MAX = 4 * LEASE_MS_MAX

let ledger: LedgerFixture

beforeAll(async () => {
  ledger = await startLedger({ settlements: 2, workers: 1 })
  await ledger.engine.open()
})
afterAll(() => ledger.stop())

describe('of two settlers', () => {
  beforeEach(() =>
    until('one works and both are ready', async () => {
      const reasons = await Promise.all(SETTLERS.map(reasonsOf))
      return (await activeOnes()).length === 1 && reasons.flat().length === 0
    }),
  )

  // A test that failed leaves nobody hung for those after it.
  afterEach(() => {
    for (const name of SETTLERS) signal(name, 'SIGCONT')
  })

  test('a settler that hangs is told of by the one that stands by, which then takes over', async () => {
    const { active, standby } = await pair()
    signal(active, 'SIGSTOP')
    const hungAtMs = performance.now()
    await ledger.engine.run(48)
    const told = new Set<string>()
    while (
      (await readCursor(ledger.postgres.pool, 'settled')).sequence < ledger.engine.entries.length
    ) {
      for (const reason of await reasonsOf(standby)) told.add(reason.replace(/\d+ s$/, 'n s'))
      expect(performance.now() - hungAtMs).toBeLessThan(TAKE_OVER_MS_MAX)
      await wait(50)
    }
    expect([...told]).toContain('recording: something waits and nothing advances for n s')
    await until('nothing waits', async () => (await reasonsOf(standby)).length === 0)
    expect(await activeOnes([standby])).toEqual([standby])

    signal(active, 'SIGCONT')
    await ledger.engine.run(160)
    await untilSettled(ledger)
    await until(
      'the one that woke up stands by',
      async () => (await reasonsOf(active)).length === 0,
    )
    expect(await activeOnes()).toEqual([standby])
    expect(await faultsOf(ledger.postgres)).toEqual([])
  })

  test('one that hangs in the middle of a transaction does not keep what it has locked', async () => {
    const { active, standby } = await pair()
    let isHung = false
    const loadUntilHung = async () => {
      while (!isHung) await ledger.engine.run(160)
    }
    const load = loadUntilHung()
    while (!isHung) {
      await wait(3)
      signal(active, 'SIGSTOP')
      isHung = await isInTransaction()
      if (!isHung) signal(active, 'SIGCONT')
    }
    const hungAtMs = performance.now()
    await until('the other works', async () => (await activeOnes([standby])).length === 1)
    expect(performance.now() - hungAtMs).toBeLessThan(TAKE_OVER_MS_MAX)
    await load
    await untilSettled(ledger)
    signal(active, 'SIGCONT')
    await ledger.engine.run(160)
    await untilSettled(ledger)
    await until(
      'the one that woke up stands by',
      async () => (await reasonsOf(active)).length === 0,
    )
    expect(await activeOnes()).toEqual([standby])
    expect(await faultsOf(ledger.postgres)).toEqual([])
  })

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'after %s the other one works at once: the lease ends with its holder',
    async (how) => {
      const { active, standby } = await pair()
      await ledger.market.kill(active, how)
      const goneAtMs = performance.now()
      await until('the other works', async () => (await activeOnes([standby])).length === 1)
      expect(performance.now() - goneAtMs).toBeLessThan(LEASE_MS_MAX / 2)
      await ledger.engine.run(48)
      await untilSettled(ledger)
      await ledger.market.start(active)
      expect(await faultsOf(ledger.postgres)).toEqual([])
    },
  )

  test('a job that hangs is told of by the workers', async () => {
    const client = await ledger.postgres.pool.connect()
    await client.query('begin; lock table schedule in access exclusive mode')
    await ledger.engine.fillOne()
    await until('it is told', async () =>
      (await reasonsOf('workers-1')).join().includes('jobs of build-schedule: something waits'),
    )
    await client.query('rollback')
    client.release()
    await until('it is done', async () => (await reasonsOf('workers-1')).length === 0)
  })
})

describe('without any settler', () => {
  beforeAll(async () => {
    for (const name of SETTLERS) await ledger.market.kill(name, 'SIGTERM')
  })

  test('whoever has lost the lease moves no cursor, although it stands where he left it', async () => {
    const { pool, db } = ledger.postgres
    const [mine, theirs] = [await anyLease(pool), await anyLease(pool)]
    const settled = await readCursor(pool, 'settled')
    const move = (lease: typeof mine) =>
      transact(pool, 'begin', async (client) => {
        const next = {
          ...settled,
          source: 'x',
          batch: 1,
          commands: Buffer.of(),
          events: Buffer.of(),
        }
        await moveCursor(client, lease, 'settled', settled.sequence, {
          ...next,
          sequence: settled.sequence + 1,
        })
        throw new Error('taken back')
      })
    await expect(move(mine)).rejects.toThrow(CursorMoved)
    await expect(move({ ...theirs, holder: mine.holder })).rejects.toThrow(CursorMoved)
    await expect(move(theirs)).rejects.toThrow('taken back')
    await expect(assertHeld(db, mine)).rejects.toThrow(LeaseLost)
    await expect(assertHeld(db, theirs)).resolves.toBeUndefined()
  })

  test('a lease is kept by its heartbeat, given back at once, and ended by a clock that is put back', async () => {
    const { pool } = ledger.postgres
    const [stop, mine, theirs] = [new AbortController(), crypto.randomUUID(), crypto.randomUUID()]
    const asking = { pool, log: SILENT_LOG, stop: stop.signal }
    await pool.query(`update settlement_lease set holder = null`)
    const first = await takeLease({ ...asking, holder: mine })
    let isTaken = false
    const second = takeLease({ ...asking, holder: theirs }).finally(() => (isTaken = true))
    await wait(LEASE_MS_MAX + 1_000)
    expect(isTaken).toBe(false)
    expect(first?.signal.aborted).toBe(false)
    await first?.release()
    const next = await second
    expect(next).toMatchObject({ term: (first?.term ?? 0) + 1, holder: theirs })

    await pool.query(
      `update settlement_lease set heartbeat_at = now() + interval '1 hour', term = term + 1`,
    )
    await until('the one before hears of it', async () => next?.signal.aborted === true)
    const last = await takeLease({ ...asking, holder: mine })
    expect(last?.term).toBe((next?.term ?? 0) + 2)
    await next?.release()
    expect(await pool.query('select holder from settlement_lease')).toMatchObject({
      rows: [{ holder: mine }],
    })
    await last?.release()
  })
})

async function pair(): Promise<{ active: string; standby: string }> {
  const [active] = await activeOnes()
  const standby = SETTLERS.find((name) => name !== active)
  if (active === undefined || standby === undefined) throw new Error('nobody works')
  return { active, standby }
}

/** Those that say they work; one that hangs says nothing and must not be asked. */
async function activeOnes(names: readonly string[] = SETTLERS): Promise<readonly string[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const text = await (await fetch(`${opsOf(name)}/metrics`)).text()
      return /^lendbook_settlement_active_state\{[^}]*\} 1$/m.test(text) ? [name] : []
    }),
  )
  return found.flat()
}

async function reasonsOf(name: string): Promise<readonly string[]> {
  const response = await fetch(`${opsOf(name)}/readyz`)
  return ((await response.json()) as { reasons: string[] }).reasons
}

function opsOf(name: string): string {
  return `http://127.0.0.1:${ledger.market.running(name).said?.opsPort}`
}

function signal(name: string, what: NodeJS.Signals): void {
  ledger.market.running(name).kill(what)
}

/** Whether the holder has begun something and not committed it. */
async function isInTransaction(): Promise<boolean> {
  const { rows } = await ledger.postgres.pool.query(
    `select from pg_stat_activity join settlement_lease on application_name = holder::text
      where backend_xid is not null`,
  )
  return rows.length > 0
}
