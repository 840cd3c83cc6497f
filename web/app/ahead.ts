/** Writes the pages as they are served: one file for each address and language, with its own language, title and styles
 *  and, where it is the same for everyone, its content. `pages.json` says which file answers which address; what
 *  is not in it is a real 404. Run once, after the app is built. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createApp } from 'vue'
import type { RouteRecordNormalized } from 'vue-router'
import { renderToString } from 'vue/server-renderer'
import { LOCALES, speak, t } from '../i18n/index.ts'
import type { Locale } from '../i18n/format.ts'
import App from './app.vue'
import { router } from './router.ts'

interface Chunk {
  readonly file: string
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
}

/** Loaded beside the app's first script, not after it: the pages that people come to first. */
const PRELOADED: Readonly<Record<string, readonly string[]>> = {
  market: ['invest/invest-layout.vue', 'invest/market/market-page.vue'],
  'listings-listingId': ['invest/invest-layout.vue', 'invest/listing/listing-page.vue'],
  'sign-in': ['public/public-layout.vue', 'public/sign-in/sign-in-page.vue'],
}
const WORDS: Readonly<Record<Locale, readonly string[]>> = {
  en: ['i18n/en.ts', 'invest/words/en.ts'],
  'zh-CN': ['i18n/zh-cn.ts', 'invest/words/zh-cn.ts'],
}
const UNKNOWN = 'unknown'

const folder = process.argv[2]
if (folder === undefined) throw new Error('the folder of the built app is missing')
const template = readFileSync(`${folder}/index.html`, 'utf8')
const manifest = JSON.parse(readFileSync(`${folder}/.vite/manifest.json`, 'utf8')) as Record<
  string,
  Chunk
>

const records = router.getRoutes().filter(({ children }) => children.length === 0)
const pages: { pattern: string; name: string }[] = []
for (const record of records) {
  const name = nameOf(record)
  if (name !== UNKNOWN) pages.push({ pattern: patternOf(record.path), name })
  for (const locale of LOCALES)
    writeFileSync(`${folder}/${name}.${locale}.html`, await page(record, name, locale))
}
writeFileSync(`${folder}/pages.json`, JSON.stringify({ pages, unknown: UNKNOWN }))
rmSync(`${folder}/.vite`, { recursive: true })
rmSync(`${folder}/index.html`)

/** `/about/fees` → `about-fees`, `/listings/:listingId(…)` → `listings-listingId`. */
function nameOf({ path }: RouteRecordNormalized): string {
  if (path.includes(':unknown')) return UNKNOWN
  const parts = path.split('/').flatMap((part) => /[\w-]+/.exec(part)?.[0] ?? [])
  return parts.length === 0 ? 'market' : parts.join('-')
}

/** The addresses of a route as a regular expression. */
function patternOf(path: string): string {
  const escaped = path.replace(/\/$/, '').replace(/:\w+(\([^)]*\))/g, '$1')
  return `^${escaped === '' ? '' : escaped}/?$`
}

async function page(record: RouteRecordNormalized, name: string, locale: Locale): Promise<string> {
  await speak(locale)
  const { isAhead, title, words } = record.meta
  await words?.load(locale)
  const parent = router.resolve(name === UNKNOWN ? '/nowhere' : sampleOf(record.path))
  for (const { meta } of parent.matched) await meta.words?.load(locale)
  const context: { modules?: Set<string> } = {}
  let content = ''
  if (isAhead === true) {
    await router.push(name === UNKNOWN ? '/nowhere' : record.path)
    content = await renderToString(createApp(App).use(router), context)
  }
  // A page of one listing is not called after the listing that it was tried with.
  const hasParams = Object.keys(parent.params).length > 0 && name !== UNKNOWN
  const heading = hasParams ? '' : (title?.({}) ?? '')
  const modules = [
    ...[...(context.modules ?? [])].map((id) => id.replace(/^web\//, '')),
    ...(PRELOADED[name] ?? []),
  ]
  const scripts = name in PRELOADED ? [...(PRELOADED[name] ?? []), ...WORDS[locale]] : []
  return template
    .replace('<html lang="en">', `<html lang="${locale}">`)
    .replace(/<title>.*<\/title>/, () => `<title>${escapeHtml(titleOf(heading))}</title>`)
    .replace('</head>', () => `${stylesOf(modules)}${preloadsOf(scripts)}</head>`)
    .replace('<div id="app"></div>', () => `<div id="app">${content}</div>`)
}

function titleOf(heading: string): string {
  return heading === '' ? 'Lendbook' : t.value.title(heading)
}

/** An address of a route that has a number in it. */
function sampleOf(path: string): string {
  return path.replace(/:\w+\([^)]*\)/g, '1')
}

function stylesOf(modules: readonly string[]): string {
  const files = new Set(chunksOf(modules).flatMap(({ css }) => css ?? []))
  return [...files]
    .filter((file) => !template.includes(file))
    .map((file) => `<link rel="stylesheet" href="/${file}">`)
    .join('')
}

function preloadsOf(modules: readonly string[]): string {
  return chunksOf(modules)
    .map(({ file }) => file)
    .filter((file) => !template.includes(file))
    .map((file) => `<link rel="modulepreload" href="/${file}">`)
    .join('')
}

/** The chunks of modules, and all that these import. */
function chunksOf(modules: readonly string[]): readonly Chunk[] {
  const found = new Map<string, Chunk>()
  const add = (name: string): void => {
    const chunk = manifest[name]
    if (chunk === undefined || found.has(name)) return
    found.set(name, chunk)
    for (const needed of chunk.imports ?? []) add(needed)
  }
  for (const name of modules) add(name)
  return [...found.values()]
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
