/** The web app: read once at the start, served from memory. Files under /assets carry a hash in their
 *  name and never change; everything else is asked for again. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { HttpRequest, HttpResponse } from 'uWebSockets.js'
import { reject } from '../../schema/index.ts'
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

/** Serves `folder`; its index.html for every address that is not a file, so that the app's own
 *  addresses can be opened and reloaded. */
export function serveStatic(door: Door, folder: string): void {
  const files = readFolder(folder)
  const index = files.get('/index.html')
  door.on('get', '/*', (response, request) => {
    const path = decodedPath(request.getUrl())
    const isPage = extname(path) === ''
    const file = files.get(path) ?? (isPage ? index : undefined)
    if (file === undefined) refuseHttp(response, reject('page-unknown'))
    else sendFile(response, request, file)
  })
  door.on('any', '/*', (response) => refuseHttp(response, reject('page-unknown')))
}

function sendFile(response: HttpResponse, request: HttpRequest, file: StaticFile): void {
  const isKnown = request.getHeader('if-none-match') === file.tag
  const takesGzip = request.getHeader('accept-encoding').includes('gzip')
  response.cork(() => {
    response.writeStatus(isKnown ? '304 Not Modified' : '200 OK')
    response.writeHeader('cache-control', file.caching)
    response.writeHeader('etag', file.tag)
    response.writeHeader('vary', 'accept-encoding')
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

function readFolder(folder: string): ReadonlyMap<string, StaticFile> {
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
