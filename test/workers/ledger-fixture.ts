/** Real servers with settlement and workers, and a scripted engine that feeds them. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from 'pg'
import { startMarket } from '../../deploy/local/index.ts'
import type { Market, MarketOptions } from '../../deploy/local/index.ts'
import { MARKET_LIMITS } from '../../engine/index.ts'
import type { MarketLimits } from '../../engine/index.ts'
import { connectPostgres, createMetrics } from '../../engine/host/index.ts'
import type { Postgres } from '../../engine/host/index.ts'
import { connectJournal } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { Backlog } from '../../workers/settlement/backlog.ts'
import { checkLedger } from '../../workers/settlement/check-ledger.ts'
import { readCursor } from '../../workers/settlement/cursor.ts'
import { Gauge } from '../../workers/settlement/gauge.ts'
import type { LeaseMark } from '../../workers/settlement/held.ts'
import type { Term } from '../../workers/settlement/term.ts'
import { ScriptedEngine } from './scripted-engine.ts'

export const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000)

export interface LedgerFixture {
  readonly market: Market
  readonly postgres: Postgres
  readonly journal: Journal
  readonly engine: ScriptedEngine
  stop(): Promise<void>
}

export async function startLedger(
  options: MarketOptions = {},
  limits: MarketLimits = MARKET_LIMITS,
): Promise<LedgerFixture> {
  const market = await startMarket({ engines: 0, gateways: 0, workers: 0, ...options })
  const postgres = await connectPostgres({ url: market.databaseUrl, max: 8 })
  const journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
  const engine = new ScriptedEngine(journal, SEED, limits)
  const stop = async () => {
    await postgres.close()
    await journal.close()
    await market.stop()
  }
  return { market, postgres, journal, engine, stop }
}

/** A lease that nobody keeps alive, for code that works under one. */
export async function anyLease(pool: Pool): Promise<LeaseMark> {
  const { rows } = await pool.query<LeaseMark>(
    'update settlement_lease set term = term + 1, holder = gen_random_uuid() returning term, holder',
  )
  const [lease] = rows
  if (lease === undefined) throw new Error('there is no lease')
  return lease
}

/** For stages of settlement that run in the test's own process, until the signal is aborted. */
export function termOf(
  { journal }: LedgerFixture,
  pool: Pool,
  lease: LeaseMark,
  signal: AbortSignal,
): Term {
  const backlog = new Backlog(pool)
  signal.addEventListener('abort', () => backlog.wake())
  const gauge = new Gauge(createMetrics('settlement'))
  return { pool, journal, backlog, gauge, lease, signal, onJobs: () => {} }
}

/** Asks again until it is so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${what} (SEED=${SEED})`)
    await wait(20)
  }
}

/** Waits until the last entry that was told is settled. */
export async function untilSettled({ postgres, engine }: LedgerFixture): Promise<void> {
  const last = engine.entries.length
  const settled = async () => (await readCursor(postgres.pool, 'settled')).sequence
  await until(`entry ${last} is settled`, async () => (await settled()) === last)
}

/** The names of the invariants that do not hold, with what was found. */
export async function faultsOf(postgres: Postgres): Promise<readonly string[]> {
  const findings = await checkLedger(postgres.pool)
  return findings
    .filter(({ holds }) => !holds)
    .map(({ invariant, detail }) => `${invariant}: ${detail}`)
}
