/** Every example of docs/protocol.md, run as it is written. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'

const run = promisify(execFile)
const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
const DOCUMENT = readFileSync(join(PROJECT, 'docs/protocol.md'), 'utf8')

interface Example {
  readonly language: string
  readonly name: string
  readonly code: string
}

const EXAMPLES: readonly Example[] = Array.from(
  DOCUMENT.matchAll(/^```(sh|js)\n(?:#|\/\/) example: (.+)\n([\s\S]*?)^```$/gm),
  ([, language = '', name = '', code = '']) => ({ language, name, code }),
)

/** What each example must print. */
const EXPECTED: Readonly<Record<string, (said: Said[]) => void>> = {
  register: ([session]) => expect(session).toMatchObject({ name: 'Lena', roles: ['investor'] }),
  'sign in': ([session]) => expect(session).toMatchObject({ name: 'Lena' }),
  'the open listings': ([page]) => expect(page).toMatchObject({ listings: [{ status: 'open' }] }),
  'one listing with its book': ([page]) =>
    expect(page).toMatchObject({ listing: { status: 'open' }, levels: [], fills: [] }),
  'a bid, acknowledged once it is recorded in Postgres': ([reply]) =>
    expect(reply).toMatchObject({
      stage: /recorded|settled/.exec(String(reply?.['stage']))?.[0],
      answer: { kind: 'BidPlaced' },
    }),
  'my cash': ([cash]) => expect(cash).toMatchObject({ heldMinor: 50_000 }),
  'a bid and its fill, in JSON': (frames) => {
    expect(frames[0]).toMatchObject({ t: 'hello', market: 'demo' })
    expect(frames).toContainEqual(expect.objectContaining({ t: 'reply', id: 3, ok: true }))
    expect(frames.at(-1)).toMatchObject({ t: 'delta', ch: 'bids' })
  },
  'a batch, in msgpack': (frames) =>
    expect(frames.at(-1)).toMatchObject({
      ok: true,
      r: { stage: 'settled', answers: [{ acceptedMinor: 50_000 }] },
    }),
}

type Said = Record<string, unknown>

let market: TestMarket
let investor: Person
let listingId: number
// Inside the project, so that the examples find the packages they import.
const folder = mkdtempSync(join(PROJECT, 'node_modules', '.lendbook-examples-'))

beforeAll(async () => {
  market = await startMarket()
  investor = await market.newInvestor({ depositMinor: 10_000_000 })
  listingId = await market.openListing()
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await market.stop()
})

test('every example is expected to print something', () => {
  expect(EXAMPLES.map((example) => example.name)).toEqual(Object.keys(EXPECTED))
})

test.each(EXAMPLES)('the example “$name” works', async ({ language, name, code }) => {
  const file = join(folder, language === 'sh' ? 'example.sh' : 'example.mjs')
  writeFileSync(file, code)
  const { stdout } = await run(language === 'sh' ? 'bash' : process.execPath, [file], {
    timeout: 30_000,
    env: {
      ...process.env,
      BASE_URL: market.baseUrl,
      WS_URL: market.wsUrl,
      TOKEN: investor.token,
      KEY: investor.client.nextKey(),
      LISTING_ID: String(listingId),
    },
  })
  const said = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Said)
  EXPECTED[name]?.(said)
})
