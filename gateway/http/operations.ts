/** /livez and /readyz on the gateway's own port, for balancers that can reach only that. What is for whoever runs
 *  the process, /metrics among it, is on a port of its own (engine/host/operations.ts). */
import { writeAnswer } from './answer.ts'
import type { Door } from './door.ts'

export interface Readiness {
  /** Why this gateway should get no new callers. */
  readonly reasons: readonly string[]
  /** What does not work while bids still do. */
  readonly degraded: readonly string[]
}

export function serveHealth(door: Door, readiness: () => Readiness): void {
  const serve = (path: string, look: () => readonly [status: number, said: object]): void =>
    door.on(
      'get',
      path,
      (response) => {
        const [status, said] = look()
        response.cork(() => writeAnswer(response, { status, text: JSON.stringify(said) }))
      },
      true,
    )
  serve('/livez', () => [200, { live: true }])
  serve('/readyz', () => {
    const { reasons, degraded } = readiness()
    const ready = reasons.length === 0
    return [ready ? 200 : 503, { ready, reasons, degraded }]
  })
}
