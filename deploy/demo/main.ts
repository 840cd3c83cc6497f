/** The demo market: borrowers with real loans, and a few hundred bots that bid on them over WebSocket. */
import { join } from 'node:path'
import {
  announceReady,
  onStop,
  pause,
  readConfig,
  runService,
  stopSignal,
} from '../../engine/host/index.ts'
import type { Log } from '../../engine/host/index.ts'
import { Board } from './board.ts'
import { ListingDesk } from './borrowers.ts'
import { Bot } from './bot.ts'
import { Crowd } from './crowd.ts'
import { readLoans } from './loans.ts'
import { welcomeNewcomer } from './newcomer.ts'
import { Operator } from './operator.ts'
import { People } from './people.ts'
import { Random } from '../random.ts'
import { Reviewer } from './reviewer.ts'
import { Savings } from './savings.ts'
import { demoSettings } from './setting.ts'
import type { DemoSettings } from './setting.ts'
import { strategyOf } from './strategy/index.ts'

const TICK_MS = 50
const SAVINGS_MS = 500
const REVIEW_MS = 500
const TALLY_MS = 60_000
const BORROWERS = 20
/** So many people come in at once; the others one by one, for a password costs a core some time. */
const COME_AT_ONCE = 8
const COME_MS = 60

runService('demo', async (log) => {
  const settings = readConfig(demoSettings)
  const seed = settings.DEMO_SEED ?? Date.now() % 0x1_0000_0000
  log.info({ at: 'demo', seed, bidsPerSecond: settings.DEMO_PACE, bots: settings.DEMO_BOTS })
  const market = await openMarket(settings, new Random(seed))
  beat(TICK_MS, () => {
    market.desk.tick(TICK_MS)
    market.crowd.tick(Date.now(), TICK_MS)
  })
  beat(REVIEW_MS, () => {
    for (const reviewer of market.reviewers) void reviewer.round(Date.now())
  })
  beat(SAVINGS_MS, () => market.savings.round(market.crowd.bots))
  beat(TALLY_MS, () => tell(log, market))
  announceReady({ service: 'demo' })
  await fillUp(market, settings)
  market.people.save()
})

interface DemoMarket {
  readonly wsUrl: string
  readonly people: People
  readonly operator: Operator
  readonly board: Board
  readonly desk: ListingDesk
  readonly crowd: Crowd
  readonly savings: Savings
  readonly reviewers: readonly Reviewer[]
  readonly random: Random
}

async function openMarket(settings: DemoSettings, random: Random): Promise<DemoMarket> {
  const { GATEWAY_URL: baseUrl, DEMO_PACE: pace } = settings
  const wsUrl = `${baseUrl.replace(/^http/, 'ws')}/v1/ws`
  const people = new People(baseUrl, join(settings.DATA_DIR, 'demo'), stopSignal)
  const operator = await Operator.enter(people, wsUrl, settings.OPERATOR_PASSWORD)
  onStop('operator', () => operator.client.close())
  const reviewers = await Promise.all(
    ([1, 2] as const).map((number) =>
      Reviewer.enter(people, wsUrl, settings.REVIEWER_PASSWORD, number),
    ),
  )
  onStop('reviewers', () => {
    for (const { client } of reviewers) client.close()
  })
  const board = new Board(operator.client)
  const crowd = new Crowd(board, random, pace)
  onStop('bots', () => crowd.close())
  onStop('sessions', () => people.save())
  const desk = new ListingDesk(operator, board, readLoans(), random, pace)
  const savings = new Savings(operator)
  return { wsUrl, people, operator, board, desk, crowd, savings, reviewers, random }
}

interface Comer {
  readonly email: string
  readonly come: () => Promise<void>
}

/** The newcomer and the first borrowers and bots at once, then one person after the other. */
async function fillUp(market: DemoMarket, settings: DemoSettings): Promise<void> {
  const { DEMO_EMAIL: email, DEMO_PASSWORD: password, GATEWAY_URL: baseUrl } = settings
  const borrowers = range(BORROWERS).map((index) => borrower(market, index))
  const bots = range(settings.DEMO_BOTS).map((index) => bot(market, index))
  const first = [...borrowers.splice(0, 2), ...bots.splice(0, COME_AT_ONCE)]
  await Promise.all(first.map(({ come }) => come()))
  if (email !== undefined && password !== undefined)
    await welcomeNewcomer(market.people, market.operator, baseUrl, { email, password })
  for (const comer of [...borrowers, ...bots]) {
    if (stopSignal.aborted) return
    const isKnown = market.people.knows(comer.email)
    await comer.come()
    if (!isKnown) await pause(COME_MS, stopSignal)
  }
}

function borrower({ people, desk }: DemoMarket, index: number): Comer {
  const email = `borrower-${index + 1}@lendbook.example`
  const come = async () => {
    const { accountId } = await people.session(email, `Borrower ${index + 1}`)
    desk.addBorrower(accountId)
  }
  return { email, come }
}

function bot({ people, wsUrl, board, random, crowd }: DemoMarket, index: number): Comer {
  const strategy = strategyOf(index)
  const email = `bot-${index + 1}@lendbook.example`
  const name = `Bot ${index + 1} (${strategy.name})`
  const renew = () => people.renew(email, name)
  const onOutbid = (outbid: Bot) => crowd.hurry(outbid)
  const come = async () => {
    const session = await people.session(email, name)
    crowd.add(new Bot({ wsUrl, session, strategy, board, random, renew, onOutbid }))
  }
  return { email, come }
}

function tell(log: Log, { board, crowd }: DemoMarket): void {
  const { bids, refused } = crowd.takeTally()
  log.info({ at: 'tally', open: board.open().length, bots: crowd.bots.length, bids, refused })
}

function beat(everyMs: number, work: () => void): void {
  const timer = setInterval(work, everyMs)
  onStop('beat', () => clearInterval(timer))
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
