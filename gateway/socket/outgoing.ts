/** What is to be sent in this turn of the event loop, to whom; and every frame encoded once. */
import type { ChannelFrame, ServerFrame } from '../../schema/index.ts'
import type { Connection } from './connection.ts'
import type { Wire } from './wire.ts'

export class Outgoing {
  #waiting: Connection[] = []
  #frame: ServerFrame | null = null
  #json: string | Uint8Array | null = null
  #msgpack: string | Uint8Array | null = null

  readonly #kept = new WeakMap<ChannelFrame, Map<Wire, string | Uint8Array>>()

  add(connection: Connection): void {
    if (this.#waiting.push(connection) === 1) queueMicrotask(() => this.#flush())
  }

  /** The same frame to several followers is encoded once for each subprotocol. */
  encode(frame: ServerFrame, wire: Wire): string | Uint8Array {
    if ('ch' in frame) return this.#encodeKept(frame, wire)
    if (frame !== this.#frame) {
      this.#frame = frame
      this.#json = null
      this.#msgpack = null
    }
    return wire.isBinary
      ? (this.#msgpack ??= wire.encode(frame))
      : (this.#json ??= wire.encode(frame))
  }

  /** Of a channel: once for as long as the feed gives it to anyone, now or after a snapshot. */
  #encodeKept(frame: ChannelFrame, wire: Wire): string | Uint8Array {
    let encoded = this.#kept.get(frame)
    if (encoded === undefined) this.#kept.set(frame, (encoded = new Map()))
    let bytes = encoded.get(wire)
    if (bytes === undefined) encoded.set(wire, (bytes = wire.encode(frame)))
    return bytes
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#frame = null
    for (const connection of waiting) connection.flush()
  }
}
