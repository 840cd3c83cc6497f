/** Pages of a real browser, and what is to be found on them. */
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

export { openBrowser } from '../harness/chromium.ts'

/** A page of its own for one test, whose errors fail the test that asks for them. */
export async function openPage(
  browser: Browser,
  size: { readonly width: number; readonly height: number },
): Promise<{ readonly page: Page; readonly errors: readonly string[] }> {
  const context = await browser.newContext({ viewport: size, locale: 'en-US' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  return { page, errors }
}

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string }[]
}

/** What axe finds on the page, one line each. @param rules all of them unless named */
export async function violations(
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const options = rules === undefined ? {} : { runOnly: rules }
  const found = await page.evaluate<readonly Violation[]>(
    `axe.run(document, ${JSON.stringify(options)}).then((result) => result.violations)`,
  )
  return found.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html ?? ''}`)
}
