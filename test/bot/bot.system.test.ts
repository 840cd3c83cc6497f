/** A program in another language, written from docs/protocol.md alone: it bids through the death of its gateway,
 *  and what it knows in the end is what the market says. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SUBPROTOCOLS } from '../../schema/index.ts'
import type { Subprotocol } from '../../schema/index.ts'
import { startMarket } from '../harness/market.ts'
import type { TestMarket } from '../harness/market.ts'
import { findPython, PYTHON } from './python.ts'

const BOT = fileURLToPath(new URL('bot.py', import.meta.url))
const BIDS = 40

const python = findPython()
if ('why' in python) process.stdout.write(`The bot in Python is not tried: ${python.why}.\n`)

interface Said {
  readonly at: string
  readonly accountId?: number
  readonly bids?: number
  readonly resumed?: readonly { readonly channel: string; readonly recovered: boolean }[]
  readonly differences?: readonly string[]
}

describe.skipIf('why' in python)('a bot in Python', () => {
  let market: TestMarket
  let listingId: number
  beforeAll(async () => {
    market = await startMarket({ gateways: 2 })
    listingId = await market.openListing()
  })
  afterAll(() => market.stop())

  async function countBids(): Promise<number> {
    const { http } = await market.openOperator()
    const path = { listingId }
    return (await http.ask('GET /v1/listings/{listingId}', { path })).listing.bidCount
  }

  /** Runs it to its end, and tells each line to `onSaid` as it comes. */
  async function runBot(
    subprotocol: Subprotocol,
    onSaid: (said: Said, count: number) => Promise<void> | void,
  ): Promise<{
    readonly code: number | null
    readonly last: Said | undefined
    readonly errors: string
  }> {
    const bot = spawn(PYTHON, [BOT], {
      env: {
        PATH: process.env['PATH'],
        PYTHONPATH: 'path' in python ? python.path : '',
        PYTHONDONTWRITEBYTECODE: '1',
        BASE_URL: market.baseUrls.join(','),
        SUBPROTOCOL: subprotocol,
        BIDS: String(BIDS),
      },
    })
    let errors = ''
    bot.stderr.on('data', (bytes: Buffer) => (errors += String(bytes)))
    const ended = new Promise<number | null>((resolve) => void bot.on('close', resolve))
    const counts = new Map<string, number>()
    let last: Said | undefined
    for await (const line of createInterface({ input: bot.stdout })) {
      last = JSON.parse(line) as Said
      const count = (counts.get(last.at) ?? 0) + 1
      counts.set(last.at, count)
      await onSaid(last, count)
    }
    return { code: await ended, last, errors }
  }

  test.each(SUBPROTOCOLS)(
    'bids and cancels by %s, is cut off, resumes, and agrees with HTTP',
    async (subprotocol) => {
      const { client } = await market.openOperator()
      const before = await countBids()
      let accountId = 0
      const { code, last, errors } = await runBot(subprotocol, async (said, count) => {
        if (said.accountId !== undefined) {
          accountId = said.accountId
          await client.deposit({ accountId, amountMinor: 1_000_000 })
        }
        if (said.at === 'bid' && count === BIDS / 4) await market.kill('gateway-1')
      })
      expect(errors).toBe('')
      expect(last).toMatchObject({ at: 'done', bids: BIDS, differences: [] })
      expect(code).toBe(0)
      expect(last?.resumed?.map(({ channel }) => channel)).toEqual(['market', 'cash', 'bids'])
      await market.start('gateway-1')
      expect(await countBids()).toBe(before + BIDS)
    },
  )
})
