import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const WEB = new URL('../../dist/web/', import.meta.url)
/** What a newcomer's phone may have to load before the market is on the screen. */
const FIRST_LOAD_BYTES_MAX = 100 * 1024

function scriptsOf(html: string): readonly string[] {
  return [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? '')
}

test('the first load of the web app stays within 100 kB of compressed script', () => {
  const scripts = scriptsOf(readFileSync(new URL('index.html', WEB), 'utf8'))
  expect(scripts.length).toBeGreaterThan(0)
  const bytes = scripts.reduce(
    (sum, path) => sum + gzipSync(readFileSync(new URL(path, WEB))).length,
    0,
  )
  expect(bytes).toBeLessThan(FIRST_LOAD_BYTES_MAX)
})

test("the browser carries none of the gateway's validators", () => {
  const assets = new URL('assets/', WEB)
  for (const name of readdirSync(assets).filter((file) => file.endsWith('.js')))
    expect(readFileSync(new URL(name, assets), 'utf8'), name).not.toContain('ZodError')
})
