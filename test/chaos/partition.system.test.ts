/** Networks that cut, stall and lose the one reply that says whether a write was carried out. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Proxy } from './proxy.ts'
import { chaosRandom } from './random.ts'
import { expectNothingWrong, restartWith, Trial } from './trial.ts'

let trial: Trial
let gatewayToJournal: Proxy
let engineToJournal: Proxy
let settlementToPostgres: Proxy
let settlementToJournal: Proxy
const proxies: Proxy[] = []

beforeAll(async () => {
  const shape = { engines: 2, gateways: 2 }
  trial = await Trial.open(chaosRandom('partition'), shape, {}, async (market) => {
    const { journalUrl, databaseUrl } = market
    gatewayToJournal = await openTo(journalUrl)
    engineToJournal = await openTo(journalUrl)
    settlementToJournal = await openTo(journalUrl)
    settlementToPostgres = await openTo(databaseUrl)
    await Promise.all([
      restartWith(market, 'gateway-1', { JOURNAL_REDIS_URL: gatewayToJournal.through(journalUrl) }),
      restartWith(market, 'engine-1', { JOURNAL_REDIS_URL: engineToJournal.through(journalUrl) }),
      restartWith(market, 'settlement-1', {
        JOURNAL_REDIS_URL: settlementToJournal.through(journalUrl),
        DATABASE_URL: settlementToPostgres.through(databaseUrl),
      }),
    ])
  })
})
afterAll(async () => {
  await trial.close()
  await Promise.all(proxies.map((proxy) => proxy.close()))
})

test('a gateway does not hear that its entry was written: it sends it again, and it counts once', async () => {
  const { report } = await trial.underLoad('lost replies to a gateway', async () => {
    for (let times = 0; times < 4; times++) {
      await gatewayToJournal.swallowReplies('EVALSHA', 1)
      await trial.pass()
    }
  })
  expectNothingWrong(report)
  expect(report.duplicates).toBeGreaterThan(0)
})

test('an engine does not hear that its answers were written: it finds them said', async () => {
  const { report } = await trial.underLoad('lost replies to an engine', async () => {
    // The other engine would do all the talking.
    await trial.market.kill('engine-2')
    for (let times = 0; times < 4; times++) {
      await engineToJournal.swallowReplies('EVALSHA', 1)
      await trial.pass()
    }
    await trial.market.start('engine-2')
  })
  expectNothingWrong(report)
})

test('a settler does not hear that its commit worked: nothing is posted twice', async () => {
  const { report } = await trial.underLoad('lost replies to a settler', async () => {
    for (let times = 0; times < 4; times++) {
      await settlementToPostgres.swallowReplies('commit', 1)
      await trial.pass()
    }
  })
  expectNothingWrong(report)
})

test('parts are cut off and come back, in an order drawn by lot', async () => {
  const { random } = trial
  const { report } = await trial.underLoad('cuts', async () => {
    for (let times = 0; times < 4; times++) {
      const proxy = random.pick(proxies)
      if (random.chance(0.5)) proxy.cut()
      else proxy.refuse()
      await trial.pass()
      proxy.heal()
    }
  })
  expectNothingWrong(report)
})

test('parts stop hearing each other without noticing, and come back', async () => {
  const { report } = await trial.underLoad('stalls', async () => {
    for (const proxy of [engineToJournal, settlementToPostgres, gatewayToJournal]) {
      proxy.stall()
      await trial.pass()
      proxy.heal()
      await trial.pass()
    }
  })
  expectNothingWrong(report)
})

async function openTo(url: string): Promise<Proxy> {
  const proxy = await Proxy.open(Number(new URL(url).port))
  proxies.push(proxy)
  return proxy
}
