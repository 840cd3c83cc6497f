/** Ports of our own choosing, from below the range that the kernel gives to outgoing connections:
 *  a market with hundreds of clients would otherwise now and then take a port just found free. */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

const FIRST_PORT = 12_000
const LAST_PORT = 31_999
/** Twenty thousand ports: so many taken ones in a row mean that something else is wrong. */
const TRIES_MAX = 200

const given = new Set<number>()

/** A port of 127.0.0.1 that nobody listens on, and that this process was not given before. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
  throw new Error(`no free port between ${FIRST_PORT} and ${LAST_PORT}`)
}

/** True when this process could listen on the port, on every address of the machine. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0'))
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
