/** What is to be sent in this turn of the event loop, to whom; and every frame encoded once. */
import type { ChannelFrame, ServerFrame } from '../../schema/index.ts'
import type { Connection } from './connection.ts'
import type { Wire } from './wire.ts'

export class Outgoing {
  #waiting: Connection[] = []
  #frame: ServerFrame | null = null
  #json: string | Uint8Array | null = null
  #msgpack: string | Uint8Array | null = null

  readonly #parts = new WeakMap<ChannelFrame, Map<Wire, string | Uint8Array>>()

  add(connection: Connection): void {
    if (this.#waiting.push(connection) === 1) queueMicrotask(() => this.#flush())
  }

  /** The same frame to several followers is encoded once for each subprotocol. */
  encode(frame: ServerFrame, wire: Wire): string | Uint8Array {
    if (frame !== this.#frame) {
      this.#frame = frame
      this.#json = null
      this.#msgpack = null
    }
    return wire.isBinary
      ? (this.#msgpack ??= wire.encode(frame))
      : (this.#json ??= wire.encode(frame))
  }

  /** A part of a snapshot, encoded once for as long as anyone is being sent it. */
  encodePart(part: ChannelFrame, wire: Wire): string | Uint8Array {
    let encoded = this.#parts.get(part)
    if (encoded === undefined) this.#parts.set(part, (encoded = new Map()))
    let bytes = encoded.get(wire)
    if (bytes === undefined) encoded.set(wire, (bytes = wire.encode(part)))
    return bytes
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#frame = null
    for (const connection of waiting) connection.flush()
  }
}
