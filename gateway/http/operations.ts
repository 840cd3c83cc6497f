/** /livez, /readyz and /metrics on the gateway's own port, for who can reach only that. */
import type { HttpResponse, TemplatedApp } from 'uWebSockets.js'
import type { Metrics } from '../../engine/host/index.ts'
import { statusLine } from './answer.ts'

export interface Readiness {
  /** Why this gateway should get no new callers. */
  readonly reasons: readonly string[]
  /** What does not work while bids still do. */
  readonly degraded: readonly string[]
}

export function serveHealth(
  app: TemplatedApp,
  readiness: () => Readiness,
  { registry }: Metrics,
  onFault: (error: unknown) => void,
): void {
  app.get('/livez', (response) => send(response, 200, 'application/json', '{"live":true}'))
  app.get('/readyz', (response) => {
    const { reasons, degraded } = readiness()
    const ready = reasons.length === 0
    const body = JSON.stringify({ ready, reasons, degraded })
    send(response, ready ? 200 : 503, 'application/json', body)
  })
  app.get('/metrics', (response) => {
    let isGone = false
    response.onAborted(() => {
      isGone = true
    })
    const write = (text: string): void => {
      if (!isGone) send(response, 200, registry.contentType, text)
    }
    registry.metrics().then(write, (error: unknown) => {
      onFault(error)
      if (!isGone) send(response, 500, 'text/plain', 'The metrics cannot be read.\n')
    })
  })
}

function send(response: HttpResponse, status: number, type: string, body: string): void {
  response.cork(() => {
    response.writeStatus(statusLine(status))
    response.writeHeader('content-type', type)
    response.writeHeader('cache-control', 'no-store')
    response.end(body)
  })
}
