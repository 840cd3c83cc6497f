/** What an investor does on a real market, through a real browser. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMarket } from '../harness/market.ts'
import type { Person, TestMarket } from '../harness/market.ts'
import { openBrowser, openPage, violations } from './browser.ts'

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
  await ticket(page).getByText('You lend $500.00 at 12.49% a year.').waitFor()
  expect(await focused(page).textContent()).toBe('Check your bid')
  await available(page).getByText('10,000.00').waitFor()
  await ticket(page).getByRole('button', { name: 'Place bid' }).click()
  await ticket(page).getByText('Your bid of $500.00 is in the book.').waitFor()
  expect(await focused(page).textContent()).toContain('Your bid of $500.00 is in the book.')
  await ticket(page).getByText('under way').first().waitFor({ state: 'detached' })
  await available(page).getByText('9,500.00').waitFor()
  await page.getByText('25%', { exact: true }).waitFor()

  await page.getByRole('link', { name: 'Market' }).first().click()
  await row(page, fixed).getByText('25%', { exact: true }).waitFor()
  await row(page, fixed).getByText('You $500').waitFor()
  const tape = page.getByRole('complementary', { name: 'Newest fills' })
  await tape.getByRole('listitem').filter({ hasText: 'You' }).getByText('500').waitFor()

  await page.getByRole('link', { name: 'Portfolio' }).click()
  await page.getByRole('button', { name: /^Cancel bid/ }).click()
  await page.getByText('Bid cancelled. $500.00 is available again.').first().waitFor()
  expect(await focused(page).textContent()).toContain('Bid cancelled.')
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
  expect(await violations(page)).toEqual([])
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
  await desk.getByRole('link', { name: 'See it at the desk' }).click()
  await desk.getByRole('button', { name: 'Withdraw listing' }).click()
  const asked = desk.getByRole('alertdialog', { name: `Withdraw listing ${listingId}?` })
  await figure(asked, 'Bids taken out').getByText('2', { exact: true }).waitFor()
  await figure(asked, 'Goes back to investors').getByText('500.00').waitFor()
  await asked.getByText('This cannot be undone.').waitFor()
  expect(await focused(desk).textContent()).toContain('Keep it open')
  expect(await violations(desk)).toEqual([])
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
  await page.getByText('Two reviewers look at it before the loan is paid out').waitFor()
  await market.review(listingId)
  await page.getByText('Funded. The loan has been paid out.').waitFor()
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
  expect(await focused(page).getAttribute('name')).toBe('amount')
  await amount.fill('250')
  // While it is typed, and nothing is promised of it.
  await ticket(page).getByLabel('Lowest rate').fill('99')
  await ticket(page).getByText('You ask for a higher rate than the borrower offers.').waitFor()
  expect(await figure(ticket(page), 'Will be held').textContent()).toBe('–')
  for (const [typed, words] of [
    ['250,50', '= $250.50'],
    ['25.005', 'This can be read as 25.005 or as 25,005.'],
    ['−5', 'It cannot be below zero.'],
    ['abc', 'Digits only'],
    ['9999999', 'is left, so that is what will be held.'],
  ] as const) {
    await ticket(page).getByLabel('Lowest rate').fill('12')
    await amount.fill(typed)
    await ticket(page).getByText(words).first().waitFor()
  }
  await ticket(page).getByLabel('Lowest rate').fill('0')
  await ticket(page).getByText('At 0% you lend without any interest.').waitFor()
})

test('what a won bid earns is shown, not what it asked for', async () => {
  const { page, errors } = await openPage(browser, DESK)
  const saver = await market.newInvestor({ depositMinor: 1_000 * DOLLAR })
  const listingId = await market.openListing({
    mode: 'uniform-auction',
    amountMinor: 500 * DOLLAR,
    ratePpm: 150_000,
    openMs: 6_000,
  })
  await saver.client.placeBid({ listingId, amountMinor: 200 * DOLLAR, ratePpm: 58_500 })
  await rival.client.placeBid({ listingId, amountMinor: 300 * DOLLAR, ratePpm: 72_000 })
  await signIn(page, '/sign-in?next=/portfolio', saver)
  await market.review(listingId)
  const bid = page.getByRole('row').filter({ hasText: `Listing ${listingId}` })
  const won = bid.filter({ hasText: 'Won' })
  await won.first().waitFor()
  await won.first().getByText('7.20%').waitFor()
  await won.first().getByText('you asked for 5.85%').waitFor()
  // Live first, then as the records have it.
  const history = page.locator('section').filter({ hasText: 'Earlier bids' })
  await history.getByRole('row').filter({ hasText: '7.20%' }).getByText('you asked for').waitFor()
  expect(errors).toEqual([])
})

test('a bid whose answer was lost is seen among one’s own, and is not offered again', async () => {
  const { page } = await openPage(browser, DESK)
  const saver = await market.newInvestor({ depositMinor: 1_000 * DOLLAR })
  const listingId = await market.openListing({ amountMinor: 900 * DOLLAR, ratePpm: 90_000 })
  // The answers of this page's connection to commands are swallowed; everything else goes through.
  await page.routeWebSocket(/\/v1\/ws/, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => {
      if (!/"BidPlaced"/.test(String(message))) socket.send(message)
    })
  })
  await signIn(page, `/sign-in?next=/listings/${listingId}`, saver)
  await ticket(page).getByLabel('Amount').fill('100')
  await ticket(page).getByLabel('Amount').press('Enter')
  await ticket(page).getByRole('button', { name: 'Place bid' }).click()
  await ticket(page).getByText('Your bid was accepted and is in the book.').waitFor()
  expect(await ticket(page).getByRole('button', { name: 'Send again' }).count()).toBe(0)
})

test('what came of the bid that covers a listing stays to be read', async () => {
  const { page } = await openPage(browser, DESK)
  const saver = await market.newInvestor({ depositMinor: 1_000 * DOLLAR })
  const listingId = await market.openListing({ amountMinor: 300 * DOLLAR, ratePpm: 90_000 })
  await signIn(page, `/sign-in?next=/listings/${listingId}`, saver)
  await ticket(page).getByLabel('Amount').fill('300')
  await ticket(page).getByLabel('Amount').press('Enter')
  await ticket(page).getByRole('button', { name: 'Place bid' }).click()
  await page.getByText('Funded', { exact: true }).first().waitFor()
  await ticket(page).getByText('Your bid of $300.00 is in the book.').waitFor()
  expect(await focused(page).textContent()).toContain('Your bid of $300.00')
  await ticket(page).getByRole('button', { name: 'Place another bid' }).click()
  await ticket(page).getByText('This listing takes no more bids.').waitFor()
  expect(await focused(page).textContent()).toContain('takes no more bids')
})

test('sort and filters live in the address, survive a reload, and Back finds the row', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(market.baseUrl)
  await row(page, fixed).waitFor()
  await page.getByRole('columnheader', { name: 'Amount' }).getByRole('button').click()
  await page.getByRole('button', { name: 'C', exact: true }).click()
  await page.getByLabel('Rate from').fill('9,5')
  await page.waitForURL('**/?sort=amount.up&grade=C&rate=9.50')
  await page.getByLabel('Rate from').fill('abc')
  await page.getByText('Digits only, for example 9.5.').waitFor()
  await page.reload()
  expect(await page.getByLabel('Rate from').inputValue()).toBe('9.50')
  await row(page, auction).waitFor()
  expect(await row(page, fixed).count()).toBe(0)
  await row(page, auction).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/listings\//)
  await page.goBack()
  await page.waitForURL(/sort=amount/)
  await row(page, auction).waitFor()
  expect(await focused(page).textContent()).toContain(`#${auction}`)
})

test('a page whose chunk is gone is loaded anew once, and then says what to do', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(`${market.baseUrl}/about/fees`)
  await page.getByRole('heading', { level: 1, name: 'Fees' }).waitFor()
  let loads = 0
  page.on('load', () => loads++)
  await page.route(/portfolio-page-.*\.js/, (route) => route.fulfill({ status: 404 }))
  await page.getByRole('link', { name: 'Portfolio' }).click()
  await page.getByRole('heading', { name: 'This page could not be loaded.' }).waitFor()
  expect(loads).toBe(1)
  await page.unroute(/portfolio-page-.*\.js/)
  await page.getByRole('button', { name: 'Load again' }).click()
  await page.getByRole('heading', { level: 1, name: 'Portfolio' }).waitFor()
})

test('earlier bids keep the pages that were opened when one more bid ends', async () => {
  const { page } = await openPage(browser, DESK)
  const saver = await market.newInvestor({ depositMinor: 10_000 * DOLLAR })
  const listingId = await market.openListing({ amountMinor: 9_000 * DOLLAR, ratePpm: 90_000 })
  const bidOnce = async () => {
    const placed = { listingId, amountMinor: 25 * DOLLAR, ratePpm: 90_000 }
    const { answer } = await saver.client.placeBid(placed)
    return answer.bidId
  }
  for (let count = 0; count < 60; count++)
    await saver.client.cancelBid({ bidId: await bidOnce() }, { ack: 'settled' })
  const last = await bidOnce()
  await signIn(page, '/sign-in?next=/portfolio', saver)
  const history = page.locator('section').filter({ hasText: 'Earlier bids' })
  const ended = history.getByRole('row').filter({ hasText: 'Cancelled' })
  await history.getByRole('button', { name: 'Show more' }).click()
  await history.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
  expect(await ended.count()).toBe(60)
  await saver.client.cancelBid({ bidId: last }, { ack: 'settled' })
  await ended.nth(60).waitFor()
  expect(await ended.count()).toBe(61)
})

test('an account without money is told how money gets here', async () => {
  const { page } = await openPage(browser, DESK)
  await signIn(page, '/sign-in?next=/portfolio', await market.newInvestor())
  await page.getByRole('link', { name: 'How money gets here' }).click()
  await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor()
})

test('the market is few stops of the Tab key long, and its list is one', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(market.baseUrl)
  await row(page, fixed).waitFor()
  let stops = 0
  for (; stops < 40; stops++) {
    await page.keyboard.press('Tab')
    if ((await focused(page).getAttribute('role')) === 'row') break
  }
  expect(stops).toBeLessThanOrEqual(18)
  await page.keyboard.press('Tab')
  expect(await focused(page).getAttribute('role')).not.toBe('row')
})

test('the market prints its list and leaves out what is to be pressed', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(market.baseUrl)
  await row(page, fixed).waitFor()
  await page.emulateMedia({ media: 'print' })
  await row(page, fixed).waitFor()
  expect(await page.getByRole('complementary', { name: 'Newest fills' }).isVisible()).toBe(false)
  expect(await page.getByRole('search').isVisible()).toBe(false)
  expect(await page.getByRole('banner').getByRole('navigation').isVisible()).toBe(false)
})

test('on a phone, in Chinese, the ticket comes up from below and the bid counts', async () => {
  const { page, errors } = await openPage(browser, PHONE)
  await signIn(page, `/sign-in?next=/listings/${auction}`)
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('button', { name: '中文' }).click()
  await page.locator('html[lang="zh-CN"]').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '投此标的' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('金额').fill('100')
  await sheet.getByLabel('可接受的最低利率').fill('9.5')
  await sheet.getByRole('button', { name: '核对投标' }).click()
  await sheet.getByRole('button', { name: '投标', exact: true }).click()
  await sheet.getByText('您的投标 $100.00 已挂单。').first().waitFor()
  expect(await violations(page)).toEqual([])
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

test('a lost connection is said, moves nothing, and mends itself', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(market.baseUrl)
  await row(page, fixed).waitFor()
  const { page: phone } = await openPage(browser, PHONE)
  await phone.goto(`${market.baseUrl}/listings/${auction}`)
  const bar = phone.getByRole('button', { name: 'Bid on this listing' })
  const place = await bar.boundingBox()
  await market.kill('gateway-1')
  await page.getByText('Connection lost.').first().waitFor()
  await phone.getByText('Connection lost.').first().waitFor()
  expect(await bar.boundingBox()).toEqual(place)
  await market.start('gateway-1')
  await page.locator('p', { hasText: 'Connection lost.' }).first().waitFor({ state: 'detached' })
  await row(page, fixed).waitFor()
})
