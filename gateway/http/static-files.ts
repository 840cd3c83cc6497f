/** The web app: read once at the start, served from memory. Files under /assets carry a hash in their
 *  name and never change; everything else is asked for again. The app's own addresses are answered by the pages that
 *  were written when it was built, in the language that the browser asks for; an address that the app does not
 *  know is a 404 with a page to read. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { HttpRequest, HttpResponse } from 'uWebSockets.js'
import { z } from 'zod'
import { assert, reject } from '../../schema/index.ts'
import { endAnswer, refuseHttp, writeSecurityHeaders } from './answer.ts'
import type { Door } from './door.ts'

interface StaticFile {
  readonly type: string
  readonly caching: string
  readonly tag: string
  readonly body: Buffer
  /** null when it would not be smaller by much. */
  readonly gzipped: Buffer | null
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

const GZIP_BYTES_MIN = 1_024

/** What the build says of its pages: which file answers which address. */
const pagesFile = z.strictObject({
  pages: z.array(z.strictObject({ pattern: z.string(), name: z.string() })).max(1_000),
  unknown: z.string(),
})

/** As in the names of the pages. */
const CHINESE = 'zh-CN'
const ENGLISH = 'en'

/** Serves `folder` as the build left it. @throws when its `pages.json` is not what a build writes */
export function serveStatic(door: Door, folder: string): void {
  const files = readFolder(folder)
  const pageOf = readPages(files)
  door.on('get', '/*', (response, request) => {
    const path = decodedPath(request.getUrl())
    const file = files.get(path)
    if (file !== undefined) {
      sendFile(response, request, file, '200 OK')
      return
    }
    const page = extname(path) === '' ? pageOf(path, request.getHeader('accept-language')) : null
    if (page === null) refuseHttp(response, reject('page-unknown'))
    else sendFile(response, request, page.file, page.isKnown ? '200 OK' : '404 Not Found')
  })
  door.on('any', '/*', (response) => refuseHttp(response, reject('page-unknown')))
}

/** The page of an address of the app, in the language asked for; null where no app was built. */
type PageOf = (
  path: string,
  acceptLanguage: string,
) => { readonly file: StaticFile; readonly isKnown: boolean } | null

function readPages(files: Map<string, StaticFile>): PageOf {
  const table = files.get('/pages.json')
  if (table === undefined) return () => null
  const { pages, unknown } = pagesFile.parse(JSON.parse(table.body.toString()))
  const take = (name: string): Readonly<Record<string, StaticFile>> =>
    Object.fromEntries(
      [ENGLISH, CHINESE].map((locale) => {
        const path = `/${name}.${locale}.html`
        const file = files.get(path)
        assert(file !== undefined, `the build has ${path}`)
        // The file's own name is no address.
        files.delete(path)
        return [locale, file]
      }),
    )
  const known = pages.map(({ pattern, name }) => ({ is: new RegExp(pattern), files: take(name) }))
  const missing = take(unknown)
  files.delete('/pages.json')
  return (path, acceptLanguage) => {
    const page = known.find(({ is }) => is.test(path))
    const locale = /^\s*zh\b/i.test(acceptLanguage) ? CHINESE : ENGLISH
    const file = (page?.files ?? missing)[locale]
    return file === undefined ? null : { file, isKnown: page !== undefined }
  }
}

function sendFile(
  response: HttpResponse,
  request: HttpRequest,
  file: StaticFile,
  status: string,
): void {
  const isKnown = request.getHeader('if-none-match') === file.tag
  const takesGzip = request.getHeader('accept-encoding').includes('gzip')
  response.cork(() => {
    response.writeStatus(isKnown ? '304 Not Modified' : status)
    response.writeHeader('cache-control', file.caching)
    response.writeHeader('etag', file.tag)
    response.writeHeader('vary', 'accept-encoding, accept-language')
    writeSecurityHeaders(response)
    if (isKnown) {
      response.endWithoutBody()
      return
    }
    response.writeHeader('content-type', file.type)
    const isGzipped = takesGzip && file.gzipped !== null
    if (isGzipped) response.writeHeader('content-encoding', 'gzip')
    endAnswer(response, isGzipped && file.gzipped !== null ? file.gzipped : file.body)
  })
}

function readFolder(folder: string): Map<string, StaticFile> {
  if (!existsSync(folder)) return new Map()
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/${relative(folder, path).split(sep).join('/')}`, readFile(path, folder)]),
  )
}

function readFile(path: string, folder: string): StaticFile {
  const body = readFileSync(path)
  const isHashed = relative(folder, path).startsWith(`assets${sep}`)
  const gzipped = body.length < GZIP_BYTES_MIN ? null : gzipSync(body, { level: 9 })
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    caching: isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    body,
    gzipped: gzipped !== null && gzipped.length < body.length * 0.9 ? gzipped : null,
  }
}

function decodedPath(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}
