/** A TCP proxy between any two parts, able to do what networks do: cut, stall, refuse, and lose the one
 *  reply that tells whether a write was carried out. */
import { createConnection, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

const SWALLOW_MS_MAX = 30_000

interface Connection {
  readonly near: Socket
  readonly far: Socket
  /** The next bytes from the far side are the reply that gets lost. */
  isSwallowing: boolean
}

interface Swallow {
  readonly request: string
  left: number
  readonly done: () => void
}

export class Proxy {
  readonly #server: Server
  readonly #farPort: number
  readonly #connections = new Set<Connection>()
  #isRefusing = false
  #isStalled = false
  #swallow: Swallow | null = null

  private constructor(server: Server, farPort: number) {
    this.#server = server
    this.#farPort = farPort
    server.on('connection', (near) => this.#accept(near))
  }

  /** Opens a door to `farPort` of this machine. */
  static async open(farPort: number): Promise<Proxy> {
    const server = createServer({ noDelay: true })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    return new Proxy(server, farPort)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The address behind the proxy, written so that it leads through it. */
  through(url: string): string {
    const proxied = new URL(url)
    proxied.port = String(this.port)
    return proxied.href
  }

  /** Breaks every connection, in the middle of whatever it carries. */
  cut(): void {
    for (const connection of this.#connections) this.#break(connection)
  }

  /** A partition that is noticed: everything breaks, and new connections are turned away. */
  refuse(): void {
    this.#isRefusing = true
    this.cut()
  }

  /** A partition that is not noticed: connections stay open and nothing arrives. */
  stall(): void {
    this.#isStalled = true
    for (const connection of this.#connections) pauseBoth(connection)
  }

  /** Ends `refuse` and `stall`. */
  heal(): void {
    this.#isRefusing = false
    this.#isStalled = false
    for (const { near, far } of this.#connections) {
      near.resume()
      far.resume()
    }
  }

  /** Lets the next `times` requests whose bytes hold `request` through, waits for each reply, and then
   *  breaks the connection instead of handing it on. Resolves when the last one was lost, rejects when
   *  no such request comes. */
  swallowReplies(request: string, times: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no ${request} came by`)), SWALLOW_MS_MAX)
      const done = () => {
        clearTimeout(late)
        resolve()
      }
      this.#swallow = { request, left: times, done }
    })
  }

  async close(): Promise<void> {
    this.#isRefusing = true
    this.cut()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }

  #accept(near: Socket): void {
    near.on('error', () => undefined)
    if (this.#isRefusing) {
      near.destroy()
      return
    }
    const far = createConnection({ port: this.#farPort, host: '127.0.0.1', noDelay: true })
    const connection: Connection = { near, far, isSwallowing: false }
    this.#connections.add(connection)
    far.on('error', () => undefined)
    near.on('data', (bytes) => this.#onRequest(connection, bytes))
    far.on('data', (bytes) => this.#onReply(connection, bytes))
    near.on('close', () => this.#break(connection))
    far.on('close', () => this.#break(connection))
    if (this.#isStalled) pauseBoth(connection)
  }

  #onRequest(connection: Connection, bytes: Buffer): void {
    const swallow = this.#swallow
    if (swallow !== null && bytes.includes(swallow.request)) connection.isSwallowing = true
    connection.far.write(bytes)
  }

  #onReply(connection: Connection, bytes: Buffer): void {
    if (connection.isSwallowing) {
      this.#break(connection)
      this.#countSwallowed()
    } else connection.near.write(bytes)
  }

  #countSwallowed(): void {
    const swallow = this.#swallow
    if (swallow === null || --swallow.left > 0) return
    this.#swallow = null
    swallow.done()
  }

  #break(connection: Connection): void {
    this.#connections.delete(connection)
    connection.near.destroy()
    connection.far.destroy()
  }
}

function pauseBoth({ near, far }: Connection): void {
  near.pause()
  far.pause()
}
