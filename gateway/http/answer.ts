/** How an answer is written to HTTP. */
import type { HttpResponse } from 'uWebSockets.js'
import { REJECTS } from '../../schema/index.ts'
import type { ErrorAnswer, LimitState, Reject } from '../../schema/index.ts'
import { JSON_TYPE } from '../../schema/declare/route.ts'

export interface Answer {
  readonly status: number
  /** Ready to be sent. */
  readonly text: string
  /** JSON when not said. */
  readonly type?: string
  readonly limit?: LimitState
  readonly retryAfterMs?: number
}

/** The answer of a handler that has written it out itself; what it says is a `Reply`. */
export class Written<Reply> {
  readonly text: string
  declare readonly reply?: Reply

  constructor(text: string) {
    this.text = text
  }
}

export function ok(value: unknown, limit?: LimitState): Answer {
  const text = value instanceof Written ? value.text : JSON.stringify(value)
  return limit === undefined ? { status: 200, text } : { status: 200, text, limit }
}

export function refused(why: Reject, limit?: LimitState): Answer {
  const text = JSON.stringify({ error: why } satisfies ErrorAnswer)
  const { retryAfterMs } = why
  return {
    status: REJECTS[why.code].http,
    text,
    ...(limit === undefined ? {} : { limit }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** Sent with everything. `connect-src 'self'` covers the WebSocket of the same origin too. */
const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['x-frame-options', 'DENY'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  [
    'content-security-policy',
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  ],
]

/** How an answer is given, which follows from its request alone. */
export interface Manner {
  readonly isHead: boolean
  /** The caller came by HTTPS, to us or to a proxy of ours. */
  readonly isSecure: boolean
}

const USUAL_MANNER: Manner = { isHead: false, isSecure: false }
const manners = new WeakMap<HttpResponse, Manner>()

export function markManner(response: HttpResponse, manner: Manner): void {
  manners.set(response, manner)
}

/** With everything that is sent. Call while corked, after the status. */
export function writeSecurityHeaders(response: HttpResponse): void {
  for (const [name, value] of SECURITY_HEADERS) response.writeHeader(name, value)
  const { isSecure } = manners.get(response) ?? USUAL_MANNER
  if (isSecure) response.writeHeader('strict-transport-security', 'max-age=31536000')
}

/** The end of every answer: HEAD is told how long it would be. Call while corked. */
export function endAnswer(response: HttpResponse, body: string | Buffer, isLast = false): void {
  const { isHead } = manners.get(response) ?? USUAL_MANNER
  if (!isHead) {
    response.end(body, isLast)
    return
  }
  // Without it uWebSockets takes the process down: it does not count this end as an answer (uWebSockets#1855).
  response.onAborted(() => undefined)
  response.endWithoutBody(Buffer.byteLength(body), isLast)
}

/** Call while corked. `isLast` closes the connection after it. */
export function writeAnswer(response: HttpResponse, answer: Answer, isLast = false): void {
  response.writeStatus(statusLine(answer.status))
  response.writeHeader('content-type', answer.type ?? JSON_TYPE)
  response.writeHeader('cache-control', 'no-store')
  if (answer.limit !== undefined) {
    response.writeHeader('ratelimit-remaining', String(answer.limit.left))
    response.writeHeader('ratelimit-reset', String(Math.ceil(answer.limit.resetMs / 1000)))
  }
  if (answer.retryAfterMs !== undefined)
    response.writeHeader('retry-after', String(Math.ceil(answer.retryAfterMs / 1000)))
  writeSecurityHeaders(response)
  endAnswer(response, answer.text, isLast)
}

/** For handlers that answer at once. */
export function refuseHttp(response: HttpResponse, why: Reject, isLast = false): void {
  response.cork(() => writeAnswer(response, refused(why), isLast))
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Payload Too Large',
  500: 'Internal Server Error',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
}

export function statusLine(status: number): string {
  return `${status} ${REASONS[status] ?? ''}`
}
