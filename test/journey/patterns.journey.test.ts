/** The page of the patterns, as those who build pages see it: served from the sources, in no build. */
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { createServer } from 'vite'
import type { ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openPage, violations } from './browser.ts'

const CONFIG = fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url))
const DESK = { width: 1366, height: 900 }

let server: ViteDevServer
let browser: Browser

beforeAll(async () => {
  server = await createServer({
    configFile: CONFIG,
    server: { port: 0, proxy: {} },
    logLevel: 'silent',
  })
  await server.listen()
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

test('every pattern stands there in all its states, and axe finds nothing, in light and dark', async () => {
  const { page, errors } = await openPage(browser, DESK)
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}ui`)
  await page.getByRole('heading', { level: 1, name: 'Patterns' }).waitFor()
  await page.getByText('This can be read as 1.250 or as 1,250.').waitFor()
  await page.getByText('The list cannot be read just now.').waitFor()
  await page.getByText('Nothing waits.').waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Three pages stand on one here, each with a heading of its own.
    const found = await violations(page)
    expect(found.filter((one) => !/page-has-heading-one|landmark|region|unique/.test(one))).toEqual(
      [],
    )
  }
  expect(errors).toEqual([])
})

test.each([
  ['refused', 'Your role does not allow this.'],
  ['too late', 'It has been decided meanwhile.'],
  ['second person', 'Another member of the staff has to agree'],
  ['done', 'It has happened.'],
])('the dialog that is %s says so', async (state, words) => {
  const { page } = await openPage(browser, DESK)
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}ui`)
  await page.getByRole('button', { name: state, exact: true }).click()
  const dialog = page.locator('dialog[open]')
  await dialog.getByText(words).first().waitFor()
  expect(await violations(page)).toEqual([])
})

test('a step-up asks for six digits before it goes on', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}ui`)
  await page.getByRole('button', { name: 'step-up' }).click()
  const dialog = page.locator('dialog[open]')
  await dialog.getByLabel('Code from your device').fill('12')
  await dialog.getByRole('button', { name: 'Do it' }).click()
  await dialog.getByText('Enter the six digits that your device shows.').waitFor()
})

test('a form keeps one on the step that is faulty, names the fault and leads to its field', async () => {
  const { page } = await openPage(browser, DESK)
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}ui?step=3`)
  const form = page.locator('form').filter({ hasText: 'Next' })
  await form.getByRole('button', { name: 'Next' }).click()
  await form.getByText('Name: This is needed.').waitFor()
  expect(await page.locator(':focus').getAttribute('name')).toBe('person')
  await page.locator(':focus').fill('Ada')
  await form.getByRole('button', { name: 'Next' }).click()
  await page.waitForURL('**/ui?step=2')
  await form.getByRole('button', { name: 'Next' }).click()
  await page.getByText('What the gateway said.').waitFor()
  await page.getByRole('definition').filter({ hasText: 'Ada' }).waitFor()
})
