/** Engines that stand still while bids pour in: what is taken in stays bounded, and all of it is answered. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectJournal, countUnanswered } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { BATCH_COMMANDS_MAX, COMMANDS_UNANSWERED_MAX } from '../../schema/index.ts'
import type { BatchReply, ReplyFrame } from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { gauge } from './gauges.ts'
import { RawSocket, refusalOf } from './raw-socket.ts'

const BIDDERS = 28
/** As many as an account's keys are remembered for without asking the records. */
const BATCHES_EACH = 2
const AMOUNT_MINOR = 2_500
const PATIENCE = { timeout: 60_000, interval: 100 }

let market: TestMarket
let journal: Journal
beforeAll(async () => {
  market = await startMarket({ gateways: 2 })
  journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
})
afterAll(async () => {
  await journal.close()
  await market.stop()
})

/** One investor with a listing, and more bids on it than may all be taken in. */
class Bidder {
  readonly #batches: readonly unknown[]
  readonly #raw: RawSocket
  readonly person: Person
  readonly listingId: number

  private constructor(person: Person, raw: RawSocket, listingId: number) {
    this.person = person
    this.#raw = raw
    this.listingId = listingId
    const bid = () => {
      const key = person.client.nextKey()
      return { key, listingId, amountMinor: AMOUNT_MINOR, ratePpm: 100_000 }
    }
    this.#batches = Array.from({ length: BATCHES_EACH }, (_, id) => {
      const items = Array.from({ length: BATCH_COMMANDS_MAX }, bid)
      return { id: id + 1, op: 'bid.batch', p: { items } }
    })
  }

  static async open(): Promise<Bidder> {
    const person = await market.newInvestor({ depositMinor: 1_000_000_000 })
    const listingId = await market.openListing({ amountMinor: 25_000_000 })
    const raw = await RawSocket.open(market.wsUrl, 'lendbook.v1.json', person.token)
    return new Bidder(person, raw, listingId)
  }

  /** Sends everything at once, and what it is told of each batch. */
  async flood(): Promise<readonly string[]> {
    const replies = this.#batches.map((batch, place) => this.#ask(place + 1, batch))
    return (await Promise.all(replies)).map(refusalOf)
  }

  /** Sends each batch, with its keys, until it is answered: the numbers of its bids. */
  async insistOnAll(): Promise<readonly unknown[]> {
    const bidIds: unknown[] = []
    for (const [place, batch] of this.#batches.entries()) {
      const answered = async (): Promise<boolean> => {
        const reply = await this.#ask(place + 1, batch)
        if (reply.ok)
          bidIds.push(...(reply.r as BatchReply).answers.map((answer) => JSON.stringify(answer)))
        return reply.ok
      }
      await expect.poll(answered, PATIENCE).toBe(true)
    }
    return bidIds
  }

  async heldMinor(): Promise<number> {
    return (await this.person.http.ask('GET /v1/cash')).heldMinor
  }

  close(): void {
    this.#raw.cut()
  }

  #ask(id: number, frame: unknown): Promise<ReplyFrame> {
    return this.#raw.ask(id, frame)
  }
}

test('bids that pour in while no engine answers are bounded, told busy, and none is lost or doubled', async () => {
  const bidders = await Promise.all(Array.from({ length: BIDDERS }, () => Bidder.open()))
  const { pid } = market.running('engine-1')
  process.kill(pid, 'SIGSTOP')
  const told = (await Promise.all(bidders.map((bidder) => bidder.flood()))).flat()

  const admitted = told.filter((code) => code === 'journal-unavailable').length
  expect(new Set(told)).toEqual(new Set(['busy', 'journal-unavailable']))
  expect(admitted * BATCH_COMMANDS_MAX).toBeLessThanOrEqual(COMMANDS_UNANSWERED_MAX)
  expect(await unanswered(0)).toBe(admitted * BATCH_COMMANDS_MAX)
  const length = await countUnanswered(journal)
  expect(length).toBeGreaterThan(0)
  expect(length).toBeLessThanOrEqual(2 * admitted)

  // One that starts now has taken in nothing itself, and sees what lies there all the same.
  await market.restart('gateway-2')
  const stranger = await RawSocket.open(market.wsUrls[1] ?? '', 'lendbook.v1.json', token(bidders))
  await expect.poll(() => oneBid(stranger, bidders), PATIENCE).toBe('busy')
  expect(await countUnanswered(journal)).toBeLessThanOrEqual(length + 10)
  stranger.cut()

  process.kill(pid, 'SIGCONT')
  await expect.poll(() => unanswered(0), PATIENCE).toBe(0)
  await expect.poll(() => countUnanswered(journal), PATIENCE).toBe(0)
  const held = await Promise.all(bidders.map((bidder) => bidder.heldMinor()))
  const taken = held.reduce((sum, heldMinor) => sum + heldMinor, 0) / AMOUNT_MINOR
  expect(Math.floor(taken / BATCH_COMMANDS_MAX)).toBe(admitted)

  const bidIds = (await Promise.all(bidders.map((bidder) => bidder.insistOnAll()))).flat()
  expect(new Set(bidIds).size).toBe(BIDDERS * BATCHES_EACH * BATCH_COMMANDS_MAX)
  for (const bidder of bidders) bidder.close()
}, 180_000)

function unanswered(gateway: number): Promise<number> {
  return gauge(market, 'lendbook_gateway_unanswered_commands_count', gateway)
}

function token([bidder]: readonly Bidder[]): string {
  return bidder?.person.token ?? ''
}

/** What a single new bid is told. */
async function oneBid(raw: RawSocket, [bidder]: readonly Bidder[]): Promise<string> {
  const { listingId, person } = bidder as Bidder
  const key = person.client.nextKey()
  const p = { key, listingId, amountMinor: AMOUNT_MINOR, ratePpm: 100_000 }
  return refusalOf(await raw.ask(1, { id: 1, op: 'bid.place', p }))
}
