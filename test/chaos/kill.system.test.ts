/** SIGKILL for each part of a working market, under load: nothing acknowledged is lost, nothing happens
 *  twice, and callers feel at most a pause. One market for all of it; each test checks all records
 *  since the beginning. */
import { afterAll, beforeAll, test } from 'vitest'
import { chaosRandom } from './random.ts'
import { expectAPause, expectNothingWrong, Trial } from './trial.ts'

/** `CHAOS_ROUNDS=100` for a campaign of an hour. */
const ROUNDS = Number(process.env['CHAOS_ROUNDS'] ?? 6)

let trial: Trial

beforeAll(async () => {
  const shape = { engines: 2, gateways: 2, settlements: 2, workers: 1 }
  trial = await Trial.open(chaosRandom('kill'), shape)
})
afterAll(() => trial.close())

test('either of two engines is killed again and again: bids go on after a pause', async () => {
  const ended = await trial.underLoad('engines', async () => {
    for (const name of ['engine-1', 'engine-2', 'engine-1', 'engine-2']) {
      await trial.killAndRestart(name)
      await trial.pass()
    }
  })
  expectNothingWrong(ended.report)
  expectAPause(ended)
})

test('a gateway is killed: its callers go over to the other with what they had asked', async () => {
  const ended = await trial.underLoad('gateways', async () => {
    for (const name of ['gateway-1', 'gateway-2']) {
      await trial.killAndRestart(name)
      await trial.pass()
    }
  })
  expectNothingWrong(ended.report)
  expectAPause(ended)
})

test('a settler is killed, the working one and the one that waits: all is posted once', async () => {
  const ended = await trial.underLoad('settlement', async () => {
    for (const name of ['settlement-1', 'settlement-2', 'settlement-1']) {
      await trial.killAndRestart(name)
      await trial.pass()
    }
  })
  expectNothingWrong(ended.report)
  expectAPause(ended)
})

test('Postgres is killed: bids do not notice, and the ledger catches up', async () => {
  const ended = await trial.underLoad('postgres', async () => {
    await trial.killAndRestart('postgres')
    await trial.pass()
    await trial.killAndRestart('postgres')
  })
  expectNothingWrong(ended.report)
  expectAPause(ended)
})

test('the journal Redis is killed: what was acknowledged is on its disk', async () => {
  const ended = await trial.underLoad('journal-redis', async () => {
    for (let kills = 0; kills < 3; kills++) {
      await trial.killAndRestart('journal-redis')
      await trial.pass()
    }
  })
  expectNothingWrong(ended.report)
  expectAPause(ended)
})

test('the queue Redis and a worker are killed: every loan gets its one schedule', async () => {
  const ended = await trial.underLoad('queue and workers', async () => {
    await trial.killAndRestart('queue-redis')
    await trial.pass()
    await trial.killAndRestart('workers-1')
    await trial.pass()
    await trial.killAndRestart('queue-redis')
  })
  expectNothingWrong(ended.report)
  expectAPause(ended)
})

test(
  'everything is killed, two at a time, in an order drawn by lot',
  async () => {
    const { random, market } = trial
    const ended = await trial.underLoad('storm', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const victims = new Set([random.pick(market.names), random.pick(market.names)])
        process.stdout.write(`storm: ${[...victims].join(' and ')}\n`)
        await trial.killTogether(victims)
        await trial.pass()
      }
    })
    expectNothingWrong(ended.report)
  },
  60_000 + ROUNDS * 20_000,
)
