/** What holds for every page of the app. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMarket } from '../harness/market.ts'
import type { TestMarket } from '../harness/market.ts'
import { openBrowser, violations } from './browser.ts'
import { pagesOf, visit } from './pages.ts'
import type { Who } from './pages.ts'

const DOLLAR = 100
/** In order, and among them 683: at 200 % zoom a screen of 1366 px has room for that. */
const WIDTHS = [320, 360, 683, 768, 1024, 1366] as const
const HEIGHT = 800
const PAGES = pagesOf(0, 0)

let market: TestMarket
let browser: Browser
let open: number
let funded: number
const contexts = new Map<Who, BrowserContext>()
/** Stay open until the last test. */
const pages = new Map<string, Page>()

beforeAll(async () => {
  market = await startMarket()
  browser = await openBrowser()
  const investor = await market.newInvestor({ depositMinor: 1_234_567 * DOLLAR })
  open = await market.openListing({
    mode: 'uniform-auction',
    amountMinor: 40_000 * DOLLAR,
    minBidMinor: 25 * DOLLAR,
    ratePpm: 150_000,
    grade: 'C',
    purpose: 'debt_consolidation',
  })
  funded = await market.openListing({ amountMinor: 600 * DOLLAR, ratePpm: 100_000 })
  for (let bid = 0; bid < 120; bid++)
    await investor.client.placeBid({
      listingId: open,
      amountMinor: 25 * DOLLAR,
      ratePpm: 90_000 + (bid % 40) * 1_111,
    })
  await investor.client.placeBid({ listingId: funded, amountMinor: 600 * DOLLAR, ratePpm: 100_000 })
  const operator = await market.openOperator()
  for (const who of ['nobody', 'investor', 'operator'] as const) {
    const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' })
    contexts.set(who, context)
    if (who === 'nobody') continue
    const { email, password } = who === 'investor' ? investor : operator
    const page = await context.newPage()
    await page.goto(`${market.baseUrl}/sign-in`)
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByLabel('Password').press('Enter')
    await page.waitForURL((url) => url.pathname !== '/sign-in')
    await page.close()
  }
})

afterAll(async () => {
  await browser?.close()
  await market?.stop()
})

async function withPage(who: Who, look: (page: Page) => Promise<void>): Promise<void> {
  const page = await contexts.get(who)?.newPage()
  if (page === undefined) throw new Error(`nobody is ${who}`)
  try {
    await look(page)
  } finally {
    await page.close()
  }
}

/** The addresses with the listings of this run. */
function pathOf(name: string): string {
  return pagesOf(open, funded).find((one) => one.name === name)?.path ?? ''
}

/** Until what has been changed is laid out, charts that measure themselves included. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
  )
}

/** How far the page, or anything in it that is not made to be scrolled, reaches beyond the screen. */
async function overflow(page: Page): Promise<string | null> {
  return await page.evaluate<string | null>(`(() => {
    const { clientWidth, scrollWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return null
    const widest = [...document.querySelectorAll('body *')].find(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    )
    return scrollWidth + ' px of ' + clientWidth + ': ' + (widest?.outerHTML.slice(0, 160) ?? '')
  })()`)
}

test.each(PAGES)(
  '$name is as wide as its screen, zoomed too, and axe finds nothing on it in light and dark',
  async ({ name, who }) => {
    const page = await contexts.get(who)?.newPage()
    if (page === undefined) throw new Error(`nobody is ${who}`)
    pages.set(name, page)
    // Loaded on the narrowest, then drawn wider as a window is.
    await page.setViewportSize({ width: WIDTHS[0], height: HEIGHT })
    await visit(page, market.baseUrl, pathOf(name))
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT })
      await drawn(page)
      expect(await overflow(page), `${name} at ${width} px`).toBeNull()
    }
    expect(await violations(page), `${name} in light`).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    await drawn(page)
    // Nothing but colours is another.
    expect(await violations(page, ['color-contrast']), `${name} in dark`).toEqual([])
  },
)

test('at 768 px the market shows the number of bids whole', async () => {
  await withPage('nobody', async (page) => {
    await page.setViewportSize({ width: 768, height: HEIGHT })
    await visit(page, market.baseUrl, '/')
    const cell = page.getByRole('gridcell', { name: '120', exact: true })
    await cell.waitFor()
    const cut = await cell.evaluate((element) => element.scrollWidth > element.clientWidth)
    expect(cut).toBe(false)
  })
})

test('an address that leads nowhere is a 404 with a page to read, in the language asked for', async () => {
  const answer = await fetch(`${market.baseUrl}/nowhere`, { headers: { 'accept-language': 'zh' } })
  expect(answer.status).toBe(404)
  expect(await answer.text()).toContain('此处无内容')
  const page = await fetch(`${market.baseUrl}/about/fees`)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('At present Lendbook takes no fees')
})

test('a lost connection is said on every page and size, and nothing is pushed out of its place', async () => {
  expect(pages.size).toBe(PAGES.length)
  await market.kill('gateway-1')
  for (const [name, page] of pages) {
    await page.getByText('Connection lost.').first().waitFor()
    for (const width of [390, 1366]) {
      await page.setViewportSize({ width, height: HEIGHT })
      await drawn(page)
      expect(await overflow(page), `${name} at ${width} px`).toBeNull()
      const bar = page.getByRole('button', { name: 'Bid on this listing' })
      if (!(await bar.isVisible())) continue
      const { y, height } = (await bar.boundingBox()) ?? { y: 0, height: 0 }
      expect(y + height, name).toBeLessThanOrEqual(HEIGHT)
    }
  }
  await market.start('gateway-1')
})
