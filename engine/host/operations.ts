/** The door for whoever runs the process: /livez (the event loop turns), /readyz (503 and the reasons
 *  as JSON while it cannot do its work), /metrics (Prometheus text). */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { OPERATIONS_CONNECTIONS_MAX } from '../../schema/limit.ts'
import { messageOf, SetupFault } from './setup-fault.ts'

export interface Operations {
  /** The port that was taken, also when 0 was asked for. */
  readonly port: number
  close(): Promise<void>
}

interface Served {
  /** 0 takes any free port. */
  readonly port: number
  readonly host?: string
  /** Why the process cannot do its work now; empty when it can. */
  readonly readiness: () => readonly string[]
  readonly registry: Registry
}

/** Throws SetupFault when the port is taken. */
export async function serveOperations(served: Served): Promise<Operations> {
  const server = createServer((request, response) => {
    answer(served, request, response).catch((error: unknown) => {
      send(response, 500, 'text/plain', messageOf(error))
    })
  })
  server.requestTimeout = 5_000
  server.maxConnections = OPERATIONS_CONNECTIONS_MAX
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new SetupFault(
          `cannot serve operations on port ${served.port} (${messageOf(error)}): choose another OPS_PORT`,
          { cause: error },
        ),
      ),
    )
    server.listen(served.port, served.host ?? '127.0.0.1', resolve)
  })
  // The process lives by its work, not by this door.
  server.unref()
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port: (server.address() as AddressInfo).port, close }
}

async function answer(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (request.url ?? '') {
    case '/livez':
      return send(response, 200, 'application/json', '{"live":true}')
    case '/readyz': {
      const reasons = served.readiness()
      const ready = reasons.length === 0
      const body = JSON.stringify({ ready, reasons })
      return send(response, ready ? 200 : 503, 'application/json', body)
    }
    case '/metrics': {
      const text = await served.registry.metrics()
      return send(response, 200, served.registry.contentType, text)
    }
    default:
      return send(response, 404, 'text/plain', 'There is /livez, /readyz and /metrics.\n')
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}
