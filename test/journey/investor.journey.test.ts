/** What an investor does on a real market, through a real browser. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { openBrowser, openPage, seriousViolations } from './browser.ts'

const DESK = { width: 1280, height: 860 }
const PHONE = { width: 390, height: 844 }
const DOLLAR = 100

let market: TestMarket
let browser: Browser
let investor: Person
let rival: Person
let fixed: number
let auction: number

beforeAll(async () => {
  market = await startMarket()
  browser = await openBrowser()
  investor = await market.newInvestor({ depositMinor: 10_000 * DOLLAR })
  rival = await market.newInvestor({ depositMinor: 50_000 * DOLLAR })
  fixed = await market.openListing({ amountMinor: 2_000 * DOLLAR, ratePpm: 124_900 })
  auction = await market.openListing({
    mode: 'uniform-auction',
    amountMinor: 1_000 * DOLLAR,
    ratePpm: 150_000,
    grade: 'C',
  })
})

afterAll(async () => {
  await browser?.close()
  await market?.stop()
})

async function signIn(page: Page, path = '/sign-in', who: Person = investor): Promise<void> {
  await page.goto(market.baseUrl + path)
  await page.getByLabel('Email').fill(who.email)
  await page.getByLabel('Password').fill(who.password)
  await page.getByLabel('Password').press('Enter')
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

const row = (page: Page, listingId: number) =>
  page.getByRole('row').filter({ hasText: `#${listingId}` })
const available = (page: Page) => page.getByRole('banner').getByRole('link', { name: 'Available' })
/** What stands beside a name in a list of figures. */
const figure = (part: Locator, name: string) =>
  part.locator('dl > div').filter({ hasText: name }).getByRole('definition')
const focused = (page: Page) => page.locator(':focus')
const ticket = (page: Page) => page.getByRole('region', { name: 'Your bid' })

test('an investor signs in, bids, sees the fill and the balance change, and takes a bid back', async () => {
  const { page, errors } = await openPage(browser, DESK)
  await signIn(page)
  await available(page).getByText('10,000.00').waitFor()
  await row(page, fixed).getByText('0%', { exact: true }).waitFor()

  await row(page, fixed).click()
  await page.getByRole('heading', { level: 1, name: 'Car, $2,000 for 36 months' }).waitFor()
  await ticket(page).getByLabel('Amount').fill('500')
  await ticket(page).getByText('9,500.00').waitFor()
  await ticket(page).getByLabel('Amount').press('Enter')
  await ticket(page).getByText('Your bid of $500.00 is in the book.').waitFor()
  await ticket(page).getByText('waiting').first().waitFor({ state: 'detached' })
  await available(page).getByText('9,500.00').waitFor()
  await page.getByText('25%', { exact: true }).waitFor()

  await page.getByRole('link', { name: 'Market' }).first().click()
  await row(page, fixed).getByText('25%', { exact: true }).waitFor()
  await page.getByRole('complementary', { name: 'Newest fills' }).getByText('500').waitFor()

  await page.getByRole('link', { name: 'Portfolio' }).click()
  await page.getByRole('button', { name: /^Cancel bid/ }).click()
  await page.getByText('Bid cancelled. $500.00 is available again.').first().waitFor()
  await available(page).getByText('10,000.00').waitFor()

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor()
  expect(errors).toEqual([])
})

test('less keeps the place of a bid and gives cash back, more takes a new place and holds more', async () => {
  const { page, errors } = await openPage(browser, DESK)
  const saver = await market.newInvestor({ depositMinor: 1_000 * DOLLAR })
  const listingId = await market.openListing({
    mode: 'uniform-auction',
    amountMinor: 1_000 * DOLLAR,
    ratePpm: 150_000,
  })
  const ratePpm = 100_000
  await saver.client.placeBid({ listingId, amountMinor: 400 * DOLLAR, ratePpm })
  await rival.client.placeBid({ listingId, amountMinor: 300 * DOLLAR, ratePpm })
  const amend = page.getByRole('button', { name: /^Amend bid/ })
  const dialog = page.getByRole('dialog', { name: 'Amend your bid' })
  const amount = dialog.getByLabel('Amount')

  await signIn(page, '/sign-in?next=/portfolio', saver)
  await available(page).getByText('600.00').waitFor()
  await amend.click()
  expect(await amount.inputValue()).toBe('400.00')
  await amount.fill('250')
  await figure(dialog, 'Comes back').getByText('150.00').waitFor()
  await figure(dialog, 'Place in the book').getByText('Kept').waitFor()
  await figure(dialog, 'Available afterwards').getByText('750.00').waitFor()
  expect(await seriousViolations(page)).toEqual([])
  await amount.press('Enter')
  const less = 'Your bid of $250.00 at 10.00% is in the book. $150.00 is available again.'
  await dialog.getByRole('paragraph').filter({ hasText: less }).first().waitFor()
  await dialog.getByRole('status').filter({ hasText: less }).waitFor({ state: 'attached' })
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  expect(await focused(page).textContent()).toContain('Amend')
  await available(page).getByText('750.00').waitFor()

  await page.getByRole('link', { name: `Listing ${listingId}` }).click()
  await page.getByRole('heading', { name: 'Your bids on this listing' }).waitFor()
  await page.getByText('55%', { exact: true }).waitFor()
  await amend.click()
  await amount.fill('10')
  await dialog.getByText('The bid is below the minimum of this listing.').waitFor()
  await amount.fill('500')
  await figure(dialog, 'Held in addition').getByText('250.00').waitFor()
  await figure(dialog, 'Place in the book').getByText('New, behind $300').waitFor()
  await figure(dialog, 'Available afterwards').getByText('500.00').waitFor()
  await dialog.getByRole('button', { name: 'Amend bid' }).click()
  await dialog
    .getByText('Your bid of $500.00 at 10.00% is in the book. $250.00 more is held.')
    .first()
    .waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await available(page).getByText('500.00').waitFor()
  await page.getByText('80%', { exact: true }).waitFor()
  const cash = await saver.http.ask('GET /v1/cash')
  expect(cash).toMatchObject({ availableMinor: 500 * DOLLAR, heldMinor: 500 * DOLLAR })
  expect(errors).toEqual([])
})

test('an operator withdraws a listing, and its investor sees it and has the cash back', async () => {
  const { page, errors } = await openPage(browser, DESK)
  const { page: desk } = await openPage(browser, DESK)
  const saver = await market.newInvestor({ depositMinor: 1_000 * DOLLAR })
  const listingId = await market.openListing({ amountMinor: 2_000 * DOLLAR, ratePpm: 110_000 })
  await saver.client.placeBid({ listingId, amountMinor: 350 * DOLLAR, ratePpm: 110_000 })
  await rival.client.placeBid({ listingId, amountMinor: 150 * DOLLAR, ratePpm: 110_000 })
  await signIn(page, `/sign-in?next=/listings/${listingId}`, saver)
  await available(page).getByText('650.00').waitFor()
  expect(await page.getByRole('button', { name: 'Withdraw listing' }).count()).toBe(0)

  await signIn(desk, `/sign-in?next=/listings/${listingId}`, await market.openOperator())
  await desk.getByRole('button', { name: 'Withdraw listing' }).click()
  const asked = desk.getByRole('alertdialog', { name: `Withdraw listing ${listingId}?` })
  await figure(asked, 'Bids taken out').getByText('2', { exact: true }).waitFor()
  await figure(asked, 'Goes back to investors').getByText('500.00').waitFor()
  await asked.getByText('This cannot be undone.').waitFor()
  expect(await focused(desk).textContent()).toContain('Keep it open')
  expect(await seriousViolations(desk)).toEqual([])
  await asked.getByRole('button', { name: 'Withdraw listing' }).click()
  const told = desk.getByRole('dialog', { name: `Listing ${listingId} is withdrawn` })
  await told.getByText('$500.00 went back to the investors of 2 bids.').first().waitFor()

  await page.getByText('Withdrawn before it closed. All bids got their cash back.').waitFor()
  await page.getByRole('cell', { name: 'Listing withdrawn' }).waitFor()
  await available(page).getByText('1,000.00').waitFor()
  await page.getByRole('link', { name: 'Market' }).first().click()
  await page.getByLabel('Status').selectOption('Withdrawn')
  await row(page, listingId).getByRole('gridcell', { name: 'Withdrawn' }).waitFor()
  await page.getByRole('link', { name: 'Portfolio' }).click()
  const history = page.locator('section').filter({ hasText: 'Earlier bids' })
  await history.getByRole('cell', { name: 'Listing withdrawn' }).waitFor()
  expect(errors).toEqual([])
})

test("another's bid fills the listing before one's eyes, and its schedule appears", async () => {
  const { page, errors } = await openPage(browser, DESK)
  const listingId = await market.openListing({ amountMinor: 600 * DOLLAR, ratePpm: 100_000 })
  await page.goto(`${market.baseUrl}/listings/${listingId}`)
  await page.getByText('0%', { exact: true }).waitFor()
  await rival.client.placeBid({ listingId, amountMinor: 300 * DOLLAR, ratePpm: 100_000 })
  await page.getByText('50%', { exact: true }).waitFor()
  await rival.client.placeBid({ listingId, amountMinor: 300 * DOLLAR, ratePpm: 100_000 })
  await page.getByText('Fully funded. The loan has been paid out.').waitFor()
  await page.getByRole('button', { name: 'Show all 36 instalments' }).waitFor()
  expect(errors).toEqual([])
})

test('what cannot be is said beside its field before it is sent', async () => {
  const { page } = await openPage(browser, DESK)
  await signIn(page, `/sign-in?next=/listings/${auction}`)
  const amount = ticket(page).getByLabel('Amount')
  await amount.fill('10')
  await amount.press('Enter')
  await ticket(page).getByText('The bid is below the minimum of this listing.').waitFor()
  await amount.fill('250')
  await ticket(page).getByLabel('Lowest rate').fill('15.5')
  await amount.press('Enter')
  await ticket(page).getByText('You ask for a higher rate than the borrower offers.').waitFor()
})

test('on a phone, in Chinese, the ticket comes up from below and the bid counts', async () => {
  const { page, errors } = await openPage(browser, PHONE)
  await signIn(page, `/sign-in?next=/listings/${auction}`)
  await page.getByRole('button', { name: '中文' }).click()
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
  await page.getByRole('button', { name: '投此标的' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('金额').fill('100')
  await sheet.getByLabel('可接受的最低利率').fill('9.5')
  await sheet.getByRole('button', { name: '投标', exact: true }).click()
  await sheet.getByText('您的投标 $100.00 已入册。').first().waitFor()
  expect(await seriousViolations(page)).toEqual([])
  expect(errors).toEqual([])
})

test('the market is worked by keyboard alone', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(market.baseUrl)
  await row(page, fixed).waitFor()
  await page.keyboard.press('Tab')
  await page.getByRole('link', { name: 'Skip to the content' }).press('Enter')
  await page.locator('[role=row][tabindex="0"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/listings\/\d+$/)
  await page.goBack()
  await row(page, fixed).waitFor()
})

test('a lost connection is said, and mends itself', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(market.baseUrl)
  await row(page, fixed).waitFor()
  await market.kill('gateway-1')
  await page.getByText('Connection lost.').first().waitFor()
  await market.start('gateway-1')
  await page.locator('p', { hasText: 'Connection lost.' }).first().waitFor({ state: 'detached' })
  await row(page, fixed).waitFor()
})

test.each([
  ['the market', '/', 'light'],
  ['the market in the dark', '/', 'dark'],
  ['a listing', 'listing', 'light'],
  ['a listing in the dark', 'listing', 'dark'],
  ['signing in', '/sign-in', 'light'],
  ['a page that is not there', '/nowhere', 'light'],
] as const)('axe finds nothing serious on %s', async (_name, path, colorScheme) => {
  const { page } = await openPage(browser, DESK)
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.goto(market.baseUrl + (path === 'listing' ? `/listings/${auction}` : path))
  await page.locator('h1').waitFor()
  expect(await seriousViolations(page)).toEqual([])
})
