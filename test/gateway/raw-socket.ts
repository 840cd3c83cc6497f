/** A WebSocket without any manners: sends whatever it is given, keeps whatever it hears. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Packr } from 'msgpackr'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import type { ReplyFrame, ServerFrame, Subprotocol } from '../../schema/index.ts'

const packr = new Packr({ useRecords: false })

export class RawSocket {
  readonly frames: ServerFrame[] = []
  closeCode: number | null = null
  readonly #socket: WebSocket
  readonly #isJson: boolean
  #wire: Socket | null = null

  private constructor(socket: WebSocket, isJson: boolean) {
    this.#socket = socket
    this.#isJson = isJson
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const frame: unknown = isBinary ? packr.unpack(data) : JSON.parse(data.toString())
      this.frames.push(frame as ServerFrame)
    })
    socket.on('upgrade', ({ socket: wire }) => {
      this.#wire = wire
    })
    socket.on('close', (code) => {
      this.closeCode = code
    })
    socket.on('error', () => undefined)
  }

  /** @param perMessageDeflate offers to be sent compressed messages
   *  @param localAddress where it comes from: any address of this machine, 127.0.0.1 when not said */
  static async open(
    url: string,
    subprotocol: Subprotocol,
    token?: string,
    perMessageDeflate = false,
    localAddress = '127.0.0.1',
  ): Promise<RawSocket> {
    const socket = new WebSocket(url, subprotocol, { perMessageDeflate, localAddress })
    const opened = once(socket, 'open')
    const raw = new RawSocket(socket, subprotocol === 'lendbook.v1.json')
    await opened
    if (token === undefined) return raw
    const { ok } = await raw.ask(0, { id: 0, op: 'logon', p: { token } })
    expect(ok).toBe(true)
    return raw
  }

  /** Bytes that came over the wire, as they came. */
  get bytesRead(): number {
    return this.#wire?.bytesRead ?? 0
  }

  /** Exactly these bytes. */
  send(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.send(data, () => resolve())
    })
  }

  sendFrame(frame: unknown): Promise<void> {
    return this.send(this.#isJson ? JSON.stringify(frame) : packr.pack(frame))
  }

  /** Sends and waits for the next reply to `id`. */
  async ask(id: number, frame: unknown): Promise<ReplyFrame> {
    const from = this.frames.length
    await this.sendFrame(frame)
    return this.reply(id, from)
  }

  async reply(id: number, from = 0): Promise<ReplyFrame> {
    const find = (): ReplyFrame | undefined =>
      this.frames
        .slice(from)
        .find((frame): frame is ReplyFrame => frame.t === 'reply' && frame.id === id)
    await expect.poll(() => find() !== undefined, { timeout: 15_000, interval: 5 }).toBe(true)
    return find() as ReplyFrame
  }

  async untilClosed(): Promise<number | null> {
    await expect.poll(() => this.closeCode, { timeout: 20_000, interval: 10 }).not.toBeNull()
    return this.closeCode
  }

  /** From now on one message at a time, then nothing for so long. */
  readSlowly(everyMs: number): void {
    this.#socket.on('message', () => {
      this.#socket.pause()
      setTimeout(() => this.#socket.resume(), everyMs)
    })
  }

  stopReading(): void {
    this.#socket.pause()
  }

  readOn(): void {
    this.#socket.resume()
  }

  cut(): void {
    this.#socket.terminate()
  }
}

/** The refusal in a reply, for comparing. */
export function refusalOf(reply: ReplyFrame): string {
  if (reply.ok) return 'ok'
  return reply.e.field === undefined ? reply.e.code : `${reply.e.code} ${reply.e.field}`
}
