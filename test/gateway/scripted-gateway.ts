/** A real WebSocket server that says what the test tells it to, for the client's bad days. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { Clock } from '../../gateway/client/index.ts'
import type { OperationName, ReplyFrame, ServerFrame } from '../../schema/index.ts'

interface Request {
  readonly id: number
  readonly op: OperationName
  readonly p: Readonly<Record<string, unknown>>
}

export class ScriptedGateway {
  readonly url: string
  readonly requests: Request[] = []
  connections = 0
  /** What to answer; null: nothing, yet. */
  answer: (request: Request) => object | null = () => ({})
  readonly #server: WebSocketServer
  #socket: WebSocket | null = null

  private constructor(server: WebSocketServer) {
    this.#server = server
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('connection', (socket) => this.#onConnection(socket))
  }

  static async open(): Promise<ScriptedGateway> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    return new ScriptedGateway(server)
  }

  say(frame: Partial<ServerFrame> & { t: ServerFrame['t'] }): void {
    this.#socket?.send(JSON.stringify(frame))
  }

  /** Cuts the line without a word. */
  cut(): void {
    this.#socket?.terminate()
  }

  end(code: number): void {
    this.#socket?.close(code)
  }

  ops(): string[] {
    return this.requests.map((request) => request.op)
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #onConnection(socket: WebSocket): void {
    this.connections++
    this.#socket = socket
    this.say({ t: 'hello', market: 'demo', currency: 'USD', epoch: 1 })
    socket.on('message', (data: Buffer) => {
      const request = JSON.parse(data.toString()) as Request
      this.requests.push(request)
      const r = this.answer(request)
      if (r === null) return
      const { id } = request
      const frame =
        'code' in r ? { t: 'reply', id, ok: false, e: r } : { t: 'reply', id, ok: true, r }
      this.say(frame as ReplyFrame)
    })
  }
}

/** Time that passes when the test says so. */
export class HandClock implements Clock {
  #nowMs = 1_700_000_000_000
  #due: { atMs: number; ring: () => void }[] = []

  now(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  after(waitMs: number, then: () => void): () => void {
    const timer = { atMs: this.#nowMs + waitMs, ring: then }
    this.#due.push(timer)
    return () => {
      this.#due = this.#due.filter((other) => other !== timer)
    }
  }

  pass(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const next = this.#due
        .filter((timer) => timer.atMs <= untilMs)
        .sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#due = this.#due.filter((timer) => timer !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.ring()
    }
    this.#nowMs = untilMs
  }
}
