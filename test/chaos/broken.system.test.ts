/** The tests have teeth: with the safety broken on purpose the same checks find what is then wrong, and
 *  with the safety in place they find nothing in the same scenario. Each has a market of its own, and
 *  most of its time is waiting, so they run side by side. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { TestContext } from 'vitest'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import type { MarketOptions } from '../../deploy/local/index.ts'
import { checkMarket, summary } from './checker.ts'
import type { Report } from './checker.ts'
import { readJournal } from './journal-end.ts'
import {
  asMutant,
  NO_BATCH_MEMORY,
  NO_COMPARE_AND_SET,
  NO_FENCE,
  NO_KEY_MEMORY,
  NO_LEASE,
  NO_NEW_AMOUNT_IN_FEED,
  NO_NEW_PLACE,
  NO_NEW_TERMS_IN_ROWS,
} from './mutation.ts'
import { FsyncWatch } from './power.ts'
import { Proxy } from './proxy.ts'
import { Random } from '../../deploy/random.ts'
import { chaosRandom } from './random.ts'
import { untilAtRest } from './rest.ts'
import { buildSlowDisk, hasCompiler, withEnvironment } from './slow-disk.ts'
import { expectNothingWrong, restartWith, Trial } from './trial.ts'

/** A broken market may never come to rest: it need not be waited for as long as a good one. */
const PATIENCE_MS = 2_000
/** For one that is not broken. */
const PATIENT_MS = 15_000
/** No snapshot, and so no new connection that would find the wrong setting, falls into the window. */
const NO_SNAPSHOTS = { SNAPSHOT_EVERY_ENTRIES: '1000000', SNAPSHOT_EVERY_MS: '1000000' }
/** Some entries' worth. */
const BYTES_AT_RISK_MIN = 10_000
const SYNC_MS_MAX = 15_000
const SMALL = { investors: 6, bidsPerSecond: 1_500 }

/** Seven markets at once on two cores. */
vi.setConfig({ testTimeout: 240_000 })

const { seed } = chaosRandom('broken')

async function open({ onTestFinished }: TestContext, options: MarketOptions = {}): Promise<Trial> {
  const trial = await Trial.open(new Random(seed), options, SMALL)
  onTestFinished(() => trial.close())
  return trial
}

test.concurrent(
  'appendfsync everysec: acknowledged bids are lost with the power, none with always',
  async (context) => {
    const trial = await open(context, { env: NO_SNAPSHOTS })
    expectNothingWrong(await losePower(trial, 'always'))
    expect(await oftenEnough(() => losePower(trial, 'everysec'))).toContain('lost')
  },
)

test
  .skipIf(!hasCompiler())
  .concurrent(
    'appendfsync everysec on a slow disk: bids are lost with the process (needs a C compiler)',
    async (context) => {
      const trial = await open(context, { env: NO_SNAPSHOTS })
      expectNothingWrong(await killOnSlowDisk(trial, 'always'))
      expect(await oftenEnough(() => killOnSlowDisk(trial, 'everysec'))).toContain('lost')
    },
  )

test.concurrent(
  'an engine that remembers neither batches nor keys carries a bid out twice',
  async (context) => {
    const mutant = asMutant(NO_BATCH_MEMORY, NO_KEY_MEMORY)
    const { classes } = await loseReplies(
      await open(context, { workers: 0, envOf: { engine: mutant } }),
    )
    expect(classes).toContain('doubled')
  },
)

test.concurrent(
  'an engine that remembers no batches is found out, though its keys prevent the worst',
  async (context) => {
    const mutant = asMutant(NO_BATCH_MEMORY)
    const { classes } = await loseReplies(
      await open(context, { workers: 0, envOf: { engine: mutant } }),
    )
    expect(classes).toContain('doubled')
  },
)

test.concurrent('engines without the fence answer every entry twice', async (context) => {
  const trial = await open(context, { workers: 0, engines: 2 })
  const { market, load } = trial
  const mutant = asMutant(NO_FENCE)
  await Promise.all(['engine-1', 'engine-2'].map((name) => market.kill(name)))
  load.start()
  await Promise.all(['engine-1', 'engine-2'].map((name) => market.start(name, mutant)))
  await untilTwiceSaid(market.journalUrl)
  load.close()
  const { classes } = await check(trial)
  expect(classes).toContain('chain')
})

test.concurrent(
  'settlers that look neither at the lease nor at the cursor post everything twice',
  async (context) => {
    const trial = await open(context, { workers: 0, settlements: 2 })
    const { market, load } = trial
    await untilAtRest(market, PATIENCE_MS)
    // The keys of the tables alone would stop the second settler: they are the last line.
    await dropKeys(market.databaseUrl)
    const mutant = asMutant(NO_COMPARE_AND_SET, ...NO_LEASE)
    const settlers = ['settlement-1', 'settlement-2']
    await Promise.all(settlers.map((name) => restartWith(market, name, mutant)))
    load.start()
    await trial.pass()
    load.stop()
    const { classes } = await check(trial)
    expect(classes).toContain('doubled')
  },
)

test.concurrent('an amendment that takes no new place is found out', async (context) => {
  const trial = await open(context, { envOf: { engine: asMutant(NO_NEW_PLACE) } })
  trial.load.start()
  // Only a bid of an auction that is raised and then stands beside another of its rate shows it.
  for (let part = 0; part < 3; part++) await trial.pass()
  trial.load.stop()
  const { classes } = await check(trial, PATIENT_MS)
  expect(classes).toContain('out-of-priority')
})

test.concurrent(
  'an amendment that does not reach the rows, or is not shown, is found out',
  async (context) => {
    const trial = await open(context, {
      envOf: {
        'workers/settlement': asMutant(NO_NEW_TERMS_IN_ROWS),
        gateway: asMutant(NO_NEW_AMOUNT_IN_FEED),
      },
    })
    trial.load.start()
    await trial.pass()
    trial.load.stop()
    const { classes } = await check(trial, PATIENT_MS)
    expect(classes).toEqual(expect.arrayContaining(['wrong-row', 'stale-view']))
  },
)

/** Whether something acknowledged was waiting for the disk just then is chance on a busy machine. */
async function oftenEnough(lose: () => Promise<Report>): Promise<Report['classes']> {
  let { classes } = await lose()
  for (let again = 0; again < 3 && classes.length === 0; again++) ({ classes } = await lose())
  return classes
}

/** The machine of the journal Redis loses its power under load. Settlement is away meanwhile: what it
 *  has recorded would be safe in Postgres, but `durable` is promised without it. */
async function losePower(trial: Trial, appendfsync: 'always' | 'everysec'): Promise<Report> {
  const { market, load } = trial
  const journalDir = join(market.dataDir, 'journal')
  return loseJournal(trial, appendfsync, async () => {
    const watch = new FsyncWatch(market.running('journal-redis').pid, journalDir)
    if (appendfsync === 'always') await trial.pass()
    else
      while (watch.sinceSyncMs < 300 || watch.atRiskBytes < BYTES_AT_RISK_MIN) await load.hears(1)
    await market.kill('journal-redis')
    watch.close()
    if (appendfsync === 'everysec')
      process.stdout.write(`power: ${watch.losePower()} bytes were not on disk\n`)
  })
}

/** No model of anything: the process is killed while its disk is slow. */
async function killOnSlowDisk(trial: Trial, appendfsync: 'always' | 'everysec'): Promise<Report> {
  const { market } = trial
  const disk = buildSlowDisk(market.dataDir, 4_000, 5)
  await untilAtRest(market, PATIENCE_MS)
  await market.kill('journal-redis')
  await withEnvironment(disk, () => market.start('journal-redis'))
  return loseJournal(trial, appendfsync, async () => {
    if (appendfsync === 'always') await trial.pass()
    else await untilWritesWait(market.journalUrl)
    await market.kill('journal-redis')
  })
}

async function loseJournal(
  trial: Trial,
  appendfsync: 'always' | 'everysec',
  lose: () => Promise<void>,
): Promise<Report> {
  const { market, load } = trial
  await untilAtRest(market, PATIENCE_MS)
  await market.kill('settlement-1')
  load.start()
  await trial.pass()
  // Every process has asserted `always` when it connected, and none connects again before the end.
  await configure(market.journalUrl, appendfsync)
  await lose()
  await market.start('journal-redis')
  await Promise.all(['engine-1', 'gateway-1', 'settlement-1'].map((name) => market.restart(name)))
  load.stop()
  return check(trial, appendfsync === 'always' ? PATIENT_MS : PATIENCE_MS)
}

/** Five times, an entry is written and its writer does not hear of it. */
async function loseReplies(trial: Trial): Promise<Report> {
  const { market, load } = trial
  const proxy = await Proxy.open(Number(new URL(market.journalUrl).port))
  await restartWith(market, 'gateway-1', { JOURNAL_REDIS_URL: proxy.through(market.journalUrl) })
  load.start()
  for (let times = 0; times < 5; times++) {
    await load.hears(50)
    await proxy.swallowReplies('EVALSHA', 1)
  }
  load.stop()
  const report = await check(trial)
  await proxy.close()
  return report
}

/** Until the events outnumber the commands, or clearly will not. */
async function untilTwiceSaid(journalUrl: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const { commandIds, events } = await readJournal(journalUrl)
    if (events.length > commandIds.length || Date.now() > deadline) return
    await wait(20)
  }
}

async function dropKeys(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ table: string; name: string }>(KEYS)
    for (const { table, name } of rows)
      await client.query(`alter table ${table} drop constraint ${name} cascade`)
  } finally {
    await client.end()
  }
}

/** Of the tables that only settlement fills, but not of the one whose rows it merges into. */
const KEYS = `
  select conrelid::regclass::text as table, conname as name from pg_constraint
   where contype in ('p', 'u') and conrelid::regclass::text in
         ('settlement_journal', 'transfer', 'listing', 'bid', 'outcome', 'loan', 'outbox')`

async function check({ market, load }: Trial, patienceMs = PATIENCE_MS): Promise<Report> {
  const report = await checkMarket(market, load, patienceMs)
  process.stdout.write(`broken: ${summary(report)}\n`)
  return report
}

/** Until Redis holds back writes, already acknowledged, because a sync is under way. */
async function untilWritesWait(journalUrl: string): Promise<void> {
  const redis = new Redis(journalUrl)
  const deadline = Date.now() + SYNC_MS_MAX
  try {
    for (;;) {
      const info = await redis.info('persistence')
      const waiting = Number(/^aof_buffer_length:(\d+)/m.exec(info)?.[1] ?? 0)
      if (waiting > BYTES_AT_RISK_MIN) return
      if (Date.now() > deadline) throw new Error(`no write waited for a sync: ${waiting} bytes`)
      await wait(5)
    }
  } finally {
    redis.disconnect()
  }
}

async function configure(journalUrl: string, appendfsync: string): Promise<void> {
  const redis = new Redis(journalUrl)
  await redis.config('SET', 'appendfsync', appendfsync)
  redis.disconnect()
}
