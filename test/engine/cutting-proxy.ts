/** A wire that can be cut at the worst moment: the request has arrived, the answer has not. */
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface CuttingProxy {
  readonly url: string
  /** Swallows the next answer of the server that comes after a request with `word` in it, and cuts
   *  that connection. */
  cutNextAnswerTo(word: string): void
  /** How many answers were cut so far. */
  cuts(): number
  close(): Promise<void>
}

/** Stands before the server at `upstreamUrl`; user and password of it are those of the proxy too. */
export async function startCuttingProxy(upstreamUrl: string): Promise<CuttingProxy> {
  const { hostname: host, port } = new URL(upstreamUrl)
  let armedFor: string | null = null
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect({ port: Number(port), host })
    let isDoomed = false
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', cut)
    }
    client.on('data', (bytes) => {
      if (armedFor !== null && bytes.includes(armedFor)) {
        armedFor = null
        isDoomed = true
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (isDoomed) {
        cuts += 1
        cut()
      } else client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(upstreamUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    cutNextAnswerTo: (word) => {
      armedFor = word
    },
    cuts: () => cuts,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
