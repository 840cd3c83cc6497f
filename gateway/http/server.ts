/** HTTP: reads a request whole, finds out who asks, hands it to its route, answers once. It has paid for one message
 *  at the door, and pays for the rest of its size before that is read. */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js'
import { BODY_BYTES_MAX, reject } from '../../schema/index.ts'
import type { Reject } from '../../schema/index.ts'
import { isNestedTooDeep } from '../admit/nesting.ts'
import { tokenOf, unitsOf } from '../admit/toll.ts'
import type { Toll } from '../admit/toll.ts'
import { networkOf } from '../person/network.ts'
import { Refusal } from '../refusal.ts'
import { refused, refuseHttp, writeAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Door } from './door.ts'
import { isSameOrigin } from './origin.ts'
import type { Routing } from './handling.ts'
import { SERVED_ROUTES } from './routes.ts'
import type { ServedRoute } from './routes.ts'

interface Options extends Routing {
  readonly door: Door
  readonly toll: Toll
  readonly onFault: (error: unknown) => void
  /** For the metrics. */
  readonly onRequest: (op: string, outcome: 'ok' | 'refused') => void
}

export function serveHttp(options: Options): void {
  for (const route of SERVED_ROUTES)
    options.door.on(
      METHODS[route.method as keyof typeof METHODS],
      route.template.replaceAll(/\{(\w+)\}/g, ':$1'),
      (response, request) => receive(route, response, request, options),
    )
  const refuse = (response: HttpResponse): void => refuseHttp(response, reject('page-unknown'))
  // For GET too: a route for one method wins over one for any, and the web app answers every GET.
  options.door.on('get', '/v1/*', refuse)
  options.door.on('any', '/v1/*', refuse)
}

/** How uWebSockets calls them. */
const METHODS = { GET: 'get', POST: 'post', DELETE: 'del' } as const

/** All that is needed of the request is copied before anything is awaited. */
function receive(
  route: ServedRoute,
  response: HttpResponse,
  request: HttpRequest,
  options: Options,
): void {
  const head = {
    places: Object.keys(route.declared.path.shape).map((_, at) => request.getParameter(at) ?? ''),
    query: Object.fromEntries(new URLSearchParams(request.getQuery())),
    token: tokenOf(request.getHeader('authorization')),
    address: options.door.addressOf(response, request),
    isSameOrigin: isSameOrigin(request.getHeader('origin'), request.getHeader('host')),
  }
  let isGone = false
  response.onAborted(() => {
    isGone = true
  })
  const answer = (given: Answer): void => {
    options.onRequest(route.declared.name, given.status < 400 ? 'ok' : 'refused')
    if (!isGone) response.cork(() => writeAnswer(response, given))
  }
  const respond = (body: Buffer | Reject): void => {
    respondTo(route, head, body, options).then(answer, (error: unknown) => {
      options.onFault(error)
      answer(refused(reject('busy', { retryAfterMs: 1_000 })))
    })
  }
  if (route.declared.body !== null) readBody(response, respond)
  else respond(Buffer.alloc(0))
}

interface Head {
  readonly places: readonly string[]
  readonly query: Readonly<Record<string, string>>
  readonly token: string | null
  readonly address: string
  readonly isSameOrigin: boolean
}

async function respondTo(
  route: ServedRoute,
  head: Head,
  body: Buffer | Reject,
  options: Options,
): Promise<Answer> {
  try {
    if (!head.isSameOrigin) return refused(reject('permission-missing', { field: 'origin' }))
    if (!Buffer.isBuffer(body)) return refused(body)
    const { token, places, query, address } = head
    const { sessions, toll } = options
    const network = networkOf(address)
    const unpaid = toll.take(toll.payerOf(token, network), unitsOf(body.length) - 1)
    if (unpaid !== null) return refused(unpaid)
    const session = token === null ? null : await sessions.find(token, network)
    if (token !== null && session === null) return refused(reject('session-expired'))
    return await route.answer({ places, query, address, session, body: parse(body) }, options)
  } catch (error) {
    if (error instanceof Refusal) return refused(error.reject)
    throw error
  }
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return undefined
  if (isNestedTooDeep(body)) throw new Refusal(reject('frame-malformed'))
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw new Refusal(reject('frame-malformed'), { cause })
  }
}

/** Chunks are only lent, so they are copied as they come. */
function readBody(response: HttpResponse, then: (body: Buffer | Reject) => void): void {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  response.onData((chunk, isLast) => {
    if (sizeBytes > BODY_BYTES_MAX) return
    sizeBytes += chunk.byteLength
    if (sizeBytes > BODY_BYTES_MAX) then(reject('message-too-large'))
    else {
      chunks.push(Buffer.from(Buffer.from(chunk)))
      if (isLast) then(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks))
    }
  })
}
