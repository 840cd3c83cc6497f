/** What the staff does at the desk, through a real browser. */
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { openBrowser, openPage } from './browser.ts'

const DESK = { width: 1280, height: 860 }
const DOLLAR = 100

let market: TestMarket
let browser: Browser
let investor: Person

beforeAll(async () => {
  market = await startMarket()
  browser = await openBrowser()
  investor = await market.newInvestor({ depositMinor: 10_000 * DOLLAR })
})

afterAll(async () => {
  await browser?.close()
  await market?.stop()
})

async function openDesk(path = '/desk'): Promise<Page> {
  const { page } = await openPage(browser, DESK)
  const { email, password } = await market.openOperator()
  await page.goto(`${market.baseUrl}/sign-in?next=${encodeURIComponent(path)}`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByLabel('Password').press('Enter')
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  return page
}

test('a listing is published in steps, by the rules of the contract, and investors see it', async () => {
  const borrower = await market.newInvestor({ depositMinor: 1 * DOLLAR })
  const page = await openDesk('/desk/listings/open')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('Borrower account: This is needed.').waitFor()
  expect(await page.locator(':focus').getAttribute('name')).toBe('borrower')
  await page.getByLabel('Borrower account').fill(String(borrower.accountId))
  await page.getByLabel('Purpose').selectOption('Car')
  await page.getByLabel('Grade').selectOption('B')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Amount').fill('2000')
  await page.getByLabel('Rate, at most in an auction').fill('101')
  await page.getByText('At most 100.00%').first().waitFor()
  await page.getByLabel('Rate, at most in an auction').fill('9,5')
  await page.getByLabel('Smallest bid').fill('3000')
  await page.getByText('The terms of the listing do not fit together.').first().waitFor()
  await page.getByLabel('Smallest bid').fill('25')
  // What was typed is kept when the page is loaded anew.
  await page.reload()
  expect(await page.getByLabel('Amount').inputValue()).toBe('2000')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('9.50% a year').waitFor()
  await page.getByRole('button', { name: 'Open the listing' }).click()
  await page.waitForURL(/\/desk\/listings\/\d+$/)
  await page.getByRole('link', { name: 'See it on the market' }).click()
  await page.getByRole('heading', { level: 1, name: 'Car, $2,000 for 36 months' }).waitFor()
})

test('a listing whose answer was lost is published once, also from the page loaded anew', async () => {
  const borrower = await market.newInvestor({ depositMinor: 1 * DOLLAR })
  const page = await openDesk()
  let isLost = true
  await page.routeWebSocket(/\/v1\/ws/, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => {
      if (!isLost || !/"ListingOpened"/.test(String(message))) socket.send(message)
    })
  })
  await page.goto(`${market.baseUrl}/desk/listings/open`)
  await page.getByLabel('Borrower account').fill(String(borrower.accountId))
  await page.getByLabel('Purpose').selectOption('House')
  await page.getByLabel('Grade').selectOption('A')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Amount').fill('1,234')
  await page.getByLabel('Rate, at most in an auction').fill('7')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Open the listing' }).click()
  await page.getByText('No answer came in time').first().waitFor({ timeout: 20_000 })
  isLost = false
  await page.reload()
  await page.getByText('No answer came in time').first().waitFor()
  await page.getByRole('button', { name: 'Change: Amount' }).click()
  await page.getByLabel('Amount').fill('1,235')
  await page.getByText('what you send now is another listing').waitFor()
  await page.getByLabel('Amount').fill('1,234')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.waitForURL(/\/desk\/listings\/\d+$/)
  await page.getByRole('link', { name: 'Listings' }).first().click()
  await page.getByLabel('Search').fill('$1,234')
  await page.getByRole('row').filter({ hasText: '$1,234' }).waitFor()
  expect(await page.getByRole('row').filter({ hasText: '$1,234' }).count()).toBe(1)
})

test('the keyboard stays on its row while others come above it', async () => {
  const page = await openDesk('/desk?status=open')
  const [below, here] = [
    await market.openListing({ amountMinor: 3_100 * DOLLAR }),
    await market.openListing({ amountMinor: 3_200 * DOLLAR }),
  ]
  const rowOf = (listingId: number) => page.getByRole('row').filter({ hasText: `#${listingId}` })
  await rowOf(here).focus()
  const above = await market.openListing({ amountMinor: 3_300 * DOLLAR })
  await rowOf(above).waitFor()
  expect(await page.locator(':focus').textContent()).toContain(`#${here}`)
  await page.keyboard.press('ArrowDown')
  expect(await page.locator(':focus').textContent()).toContain(`#${below}`)
  await rowOf(here).focus()
  const operator = await market.openOperator()
  const { listing } = await operator.http.ask('GET /v1/listings/{listingId}', {
    path: { listingId: here },
  })
  await operator.client.withdrawListing({ listingId: here, borrowerId: listing.borrowerId })
  await rowOf(here).waitFor({ state: 'detached' })
  expect(await page.locator(':focus').textContent()).toContain(`#${below}`)
})

test('several listings are withdrawn at once, after a preview of what goes back', async () => {
  const page = await openDesk()
  const ids: number[] = []
  for (let count = 0; count < 3; count++)
    ids.push(
      await market.openListing({ amountMinor: 1_000 * DOLLAR, ratePpm: 100_000, grade: 'F' }),
    )
  for (const listingId of ids)
    await investor.client.placeBid({ listingId, amountMinor: 100 * DOLLAR, ratePpm: 100_000 })
  await page.getByLabel('Grade').selectOption('F')
  await page.waitForURL('**/desk?grade=F')
  await page.getByText(`#${ids[2]}`).waitFor()
  await page.getByRole('checkbox', { name: `Choose #${ids[0]}`, exact: true }).check()
  await page.getByRole('checkbox', { name: `Choose #${ids[1]}`, exact: true }).check()
  await page.getByRole('button', { name: 'Withdraw…' }).click()
  const asked = page.getByRole('alertdialog', { name: 'Withdraw 2 listings?' })
  await asked.getByText('$200.00', { exact: true }).waitFor()
  await asked.getByRole('button', { name: 'Withdraw listing' }).click()
  await page
    .getByRole('dialog', { name: '2 listings are withdrawn' })
    .getByText('$200.00 went back to the investors of 2 bids.')
    .first()
    .waitFor()
  await page.keyboard.press('Escape')
  await page
    .getByRole('row')
    .filter({ hasText: `#${ids[0]}` })
    .getByText('Withdrawn')
    .waitFor()
  await page
    .getByRole('row')
    .filter({ hasText: `#${ids[2]}` })
    .getByText('Open')
    .waitFor()
})

test('the list is worked by keyboard, keeps its filters through a reload, and is saved as a file', async () => {
  const page = await openDesk('/desk?status=open')
  const listingId = await market.openListing({ amountMinor: 3_000 * DOLLAR, ratePpm: 80_000 })
  const row = page.getByRole('row').filter({ hasText: `#${listingId}` })
  await row.waitFor()
  await page.getByLabel('Search').fill(`#${listingId}`)
  await page.reload()
  await row.waitFor()
  expect(await page.getByLabel('Search').inputValue()).toBe(`#${listingId}`)
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as CSV' }).click()
  const text = await readFile((await (await saving).path()) ?? '', 'utf8')
  expect(text.split('\r\n')[0]).toContain('Listing,Status,Purpose')
  expect(text).toContain(`${listingId},open,`)
  await row.focus()
  await page.keyboard.press(' ')
  await page.getByText('1 chosen').waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/desk/listings/${listingId}`)
})

test('nobody but the staff sees the desk', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(`${market.baseUrl}/desk`)
  await page.getByText('Sign in to open this page.').waitFor()
  await page.goto(`${market.baseUrl}/sign-in?next=/desk`)
  await page.getByLabel('Email').fill(investor.email)
  await page.getByLabel('Password').fill(investor.password)
  await page.getByLabel('Password').press('Enter')
  await page.getByText('Your role does not open this page.').waitFor()
})
