/** Takes the pictures: every page at phone, tablet and desk width, in both themes and languages, of a market with
 *  something in it. */
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { GRADES, PURPOSES } from '../../schema/index.ts'
import { openBrowser } from '../harness/chromium.ts'
import { startMarket } from '../harness/market.ts'
import type { TestMarket } from '../harness/market.ts'
import { pagesOf, visit } from './pages.ts'
import type { Who } from './pages.ts'

const WIDTHS = { phone: 390, tablet: 834, desk: 1440 } as const
const HEIGHT = 900
const DOLLAR = 100
const LISTINGS = 40
const folder = process.argv[2] ?? join(tmpdir(), 'lendbook-shots')

mkdirSync(folder, { recursive: true })
const market = await startMarket()
const browser = await openBrowser()
try {
  const { open, funded, contexts } = await furnish(market)
  for (const { name, who, path } of pagesOf(open, funded)) {
    const page = await contexts[who].newPage()
    await shoot(page, name, path)
    await page.close()
  }
} finally {
  await browser.close()
  await market.stop()
}
process.stdout.write(`the pictures are in ${folder}\n`)

async function shoot(page: Page, name: string, path: string): Promise<void> {
  for (const locale of ['en', 'zh-CN'] as const) {
    await page.addInitScript(`localStorage.setItem('lendbook.locale', '${locale}')`)
    for (const [size, width] of Object.entries(WIDTHS)) {
      await page.setViewportSize({ width, height: HEIGHT })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await visit(page, market.baseUrl, path)
        await page.screenshot({
          path: join(folder, `${name}.${size}.${colorScheme}.${locale}.png`),
        })
      }
    }
  }
}

/** Listings of all kinds, bids on some of them, one that is funded; and browsers of everyone who looks. */
async function furnish(on: TestMarket) {
  const investor = await on.newInvestor({ depositMinor: 25_000 * DOLLAR })
  const rival = await on.newInvestor({ depositMinor: 900_000 * DOLLAR })
  const ids: number[] = []
  for (let place = 0; place < LISTINGS; place++)
    ids.push(
      await on.openListing({
        mode: place % 3 === 0 ? 'uniform-auction' : 'fixed-rate',
        amountMinor: (5 + ((place * 7) % 30)) * 1_000 * DOLLAR,
        ratePpm: 60_000 + ((place * 13_700) % 180_000),
        termMonths: place % 2 === 0 ? 36 : 60,
        grade: GRADES[place % GRADES.length] ?? 'A',
        purpose: PURPOSES[place % PURPOSES.length] ?? 'car',
        openMs: (10 + place) * 60_000,
      }),
    )
  const open = await on.openListing({
    mode: 'uniform-auction',
    amountMinor: 12_000 * DOLLAR,
    ratePpm: 150_000,
    grade: 'C',
    purpose: 'debt_consolidation',
    openMs: 30 * 60_000,
  })
  const funded = await on.openListing({ amountMinor: 600 * DOLLAR, ratePpm: 100_000 })
  for (let bid = 0; bid < 60; bid++) {
    const amountMinor = (50 + ((bid * 37) % 300)) * DOLLAR
    const ratePpm = 90_000 + (bid % 12) * 5_000
    await rival.client.placeBid({ listingId: open, amountMinor, ratePpm })
    const listingId = ids[(bid * 11) % ids.length] ?? open
    await rival.client.placeBid({ listingId, amountMinor, ratePpm: 60_000 }).catch(() => undefined)
  }
  for (const ratePpm of [95_000, 120_000])
    await investor.client.placeBid({ listingId: open, amountMinor: 500 * DOLLAR, ratePpm })
  await investor.client.placeBid({ listingId: funded, amountMinor: 600 * DOLLAR, ratePpm: 100_000 })
  const operator = await on.openOperator()
  const contexts: Record<Who, BrowserContext> = {
    nobody: await browser.newContext({ locale: 'en-US' }),
    investor: await signedIn(on, investor),
    operator: await signedIn(on, operator),
  }
  return { open, funded, contexts }
}

async function signedIn(
  on: TestMarket,
  who: { readonly email: string; readonly password: string },
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-US' })
  const page = await context.newPage()
  await page.goto(`${on.baseUrl}/sign-in`)
  await page.getByLabel('Email').fill(who.email)
  await page.getByLabel('Password').fill(who.password)
  await page.getByLabel('Password').press('Enter')
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  await page.close()
  return context
}
