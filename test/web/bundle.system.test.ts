import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const WEB = new URL('../../dist/web/', import.meta.url)
const ASSETS = new URL('assets/', WEB)
const KB = 1_024
/** What a newcomer's phone may have to load before the market is on the screen. */
const FIRST_LOAD_BYTES_MAX = 80 * KB
const CHUNK_BYTES_MAX = 40 * KB
const FONT_BYTES_MAX = 60 * KB
/** What every page needs: the first load counts it. */
const CORE = /^(core|index)-/

const names = readdirSync(ASSETS)
const scripts = names.filter((name) => name.endsWith('.js'))

function compressed(name: string): number {
  return gzipSync(readFileSync(new URL(name, ASSETS)), { level: 9 }).length
}

function scriptsOf(page: string): readonly string[] {
  const html = readFileSync(new URL(page, WEB), 'utf8')
  return [...new Set([...html.matchAll(/\/assets\/([^"]+\.js)/g)].map(([, name]) => name ?? ''))]
}

test.each(['market.en.html', 'market.zh-CN.html'])(
  'all script that %s asks for is at most 80 kB compressed',
  (page) => {
    const first = scriptsOf(page)
    expect(first.some((name) => name.startsWith('market-page-'))).toBe(true)
    const bytes = first.reduce((sum, name) => sum + compressed(name), 0)
    expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX)
  },
)

test.each(scripts.filter((name) => !CORE.test(name)))(
  'the chunk %s is at most 40 kB compressed',
  (name) => {
    expect(compressed(name)).toBeLessThanOrEqual(CHUNK_BYTES_MAX)
  },
)

test('the fonts are at most 60 kB', () => {
  const fonts = names.filter((name) => name.endsWith('.woff2'))
  expect(fonts.length).toBeGreaterThan(0)
  const bytes = fonts.reduce((sum, name) => sum + readFileSync(new URL(name, ASSETS)).length, 0)
  expect(bytes).toBeLessThanOrEqual(FONT_BYTES_MAX)
})

test('a page in one language does not ask for the words of the other', () => {
  const words = (page: string) => scriptsOf(page).filter((name) => /^(en|zh-cn)-/.test(name))
  expect(words('market.en.html').every((name) => name.startsWith('en-'))).toBe(true)
  expect(words('market.zh-CN.html').every((name) => name.startsWith('zh-cn-'))).toBe(true)
  expect(words('market.en.html').length).toBeGreaterThan(0)
})

test('the patterns for developers are in no build', () => {
  expect(names.some((name) => name.startsWith('patterns'))).toBe(false)
})

test("the browser carries none of the gateway's validators", () => {
  for (const name of scripts)
    expect(readFileSync(new URL(name, ASSETS), 'utf8'), name).not.toContain('ZodError')
})
