/** The web app in Chromium: what it weighs, how soon the first listings stand on the screen, what the moving
 *  market costs the main thread, how smoothly it scrolls. Browser, market and crowd share the machine. */
import type { Browser } from 'playwright-core'
import { openBrowser } from '../../test/harness/chromium.ts'
import { startMarket } from '../../test/harness/market.ts'
import { median } from '../result.ts'
import type { BenchResult } from '../result.ts'
import { gather } from './crowd.ts'
import { firstRowsMs, mainThreadMs, openPage, plainRows, scrollFrames } from './measures.ts'
import type { Opened } from './measures.ts'
import { weigh, weighSnapshot } from './weights.ts'

const LISTINGS = 1_000
const BIDS_PER_SECOND = 80
const REPETITIONS = 3
const SECONDS = 6
const SETTLE_MS = 2_500
const ROWS = '[role=rowgroup].body [role=row]'

/** The crowd is one person who bids more than one person may. */
const UNLIMITED = {
  RATE_BIDS_PER_SECOND: '1000000',
  RATE_COMMANDS_PER_SECOND: '1000000',
  RATE_ANONYMOUS_PER_SECOND: '1000000',
}

interface Line {
  readonly name: string
  readonly key: string
  readonly value: number
  readonly unit: string
  readonly budget: { readonly most?: number; readonly least?: number } | null
  readonly peer?: number
}

export async function run(): Promise<BenchResult> {
  const market = await startMarket({ env: UNLIMITED })
  const browser = await openBrowser()
  try {
    const crowd = await gather(market, LISTINGS, BIDS_PER_SECOND)
    const startedMs = performance.now()
    const lines = await measure(browser, market.baseUrl)
    const perSecond = (crowd.bids() * 1_000) / (performance.now() - startedMs)
    await crowd.stop()
    return result(lines, perSecond)
  } finally {
    await browser.close()
    await market.stop()
  }
}

async function measure(browser: Browser, url: string): Promise<readonly Line[]> {
  const { firstLoadBytes, largestChunk, fontBytes } = weigh()
  const { wireBytes, plainBytes } = await weighSnapshot(url)
  const fast = await times(() => firstRowsMs(browser, url, false))
  const slow = await times(() => firstRowsMs(browser, url, true))
  const plain = await openPage(browser)
  await plain.page.setContent(plainRows(LISTINGS))
  const plainFrames = await frames(plain)
  await plain.close()
  const still = await openMarket(browser, url, 'reduce')
  const stillThread = await times(() => mainThreadMs(still, SECONDS))
  await still.close()
  const opened = await openMarket(browser, url, 'no-preference')
  const thread = await times(() => mainThreadMs(opened, SECONDS))
  const scrolled = await frames(opened)
  await opened.close()
  const kb = (bytes: number) => bytes / 1_024
  return [
    line('script of the first load', 'firstLoadKb', kb(firstLoadBytes), 'kB gz', { most: 80 }),
    line(
      `largest chunk (${largestChunk.name.replace(/-[\w-]{8}\.js$/, '')})`,
      'largestChunkKb',
      kb(largestChunk.bytes),
      'kB gz',
      { most: 40 },
    ),
    line('fonts', 'fontKb', kb(fontBytes), 'kB', { most: 60 }),
    line('snapshot of the market on the wire', 'snapshotKb', kb(wireBytes), 'kB', null),
    line('the same, unpacked', 'snapshotPlainKb', kb(plainBytes), 'kB', null),
    line('first rows, loopback', 'firstRowsMs', fast, 'ms', { most: 2_000 }),
    line('first rows, 1.6 Mbit/s, 4 × slower', 'firstRowsSlowMs', slow, 'ms', { most: 6_000 }),
    line('main thread, moving market', 'mainThreadMs', thread, 'ms/s', { most: 100 }),
    line('the same without motion', 'stillThreadMs', stillThread, 'ms/s', null),
    line(
      'scrolling',
      'framesPerSecond',
      scrolled.perSecond,
      'frames/s',
      { least: 50 },
      plainFrames.perSecond,
    ),
    line('frame at p95', 'frameP95Ms', scrolled.p95Ms, 'ms', null, plainFrames.p95Ms),
  ]
}

function line(
  name: string,
  key: string,
  value: number,
  unit: string,
  budget: Line['budget'],
  peer?: number,
): Line {
  return { name, key, value, unit, budget, ...(peer === undefined ? {} : { peer }) }
}

async function openMarket(
  browser: Browser,
  url: string,
  reducedMotion: 'reduce' | 'no-preference',
): Promise<Opened> {
  const opened = await openPage(browser)
  await opened.page.emulateMedia({ reducedMotion })
  await opened.page.goto(url)
  await opened.page.locator(ROWS).first().waitFor()
  await opened.page.waitForTimeout(SETTLE_MS)
  return opened
}

async function frames(opened: Opened): Promise<{ perSecond: number; p95Ms: number }> {
  const rounds = []
  for (let round = 0; round < REPETITIONS; round++) {
    await opened.page.evaluate('scrollTo(0, 0)')
    rounds.push(await scrollFrames(opened, SECONDS))
  }
  return {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p95Ms: median(rounds.map(({ p95Ms }) => p95Ms)),
  }
}

async function times(once: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let round = 0; round < REPETITIONS; round++) values.push(await once())
  return median(values)
}

function isWithin({ value, budget }: Line): boolean {
  if (budget === null) return true
  return value <= (budget.most ?? Infinity) && value >= (budget.least ?? -Infinity)
}

function result(lines: readonly Line[], perSecond: number): BenchResult {
  const round = (value: number) => Math.round(value * 10) / 10
  const bound = ({ budget }: Line) =>
    budget === null ? '' : budget.most === undefined ? `≥ ${budget.least ?? 0}` : `≤ ${budget.most}`
  return {
    subject: 'web',
    json: {
      ...Object.fromEntries(lines.map(({ key, value }) => [key, round(value)])),
      missed: lines.filter((one) => !isWithin(one)).map(({ key }) => key),
      bidsPerSecond: round(perSecond),
      listings: LISTINGS,
      repetitions: REPETITIONS,
    },
    table: [
      ['what', 'measured', '', 'budget', 'met', 'peer', 'to peer'],
      ...lines.map((one) => [
        one.name,
        String(round(one.value)),
        one.unit,
        bound(one),
        one.budget === null ? '' : isWithin(one) ? 'yes' : 'NO',
        one.peer === undefined ? '' : String(round(one.peer)),
        one.peer === undefined ? '' : (one.value / one.peer).toFixed(2),
      ]),
    ],
    notes: [
      `${LISTINGS} open listings, ${round(perSecond)} bids a second accepted; headless Chromium, 1366 × 800, no GPU; medians of ${REPETITIONS}, ${SECONDS} s each; browser, market and crowd on this machine.`,
      `The peer is a page of ${LISTINGS} plain rows that stand still, in the same browser.`,
    ],
  }
}
