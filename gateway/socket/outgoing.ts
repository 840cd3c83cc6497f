/** What is to be sent in this turn of the event loop, to whom; and every frame encoded once. */
import type { ServerFrame } from '../../schema/index.ts'
import type { Connection } from './connection.ts'
import type { Wire } from './wire.ts'

export class Outgoing {
  #waiting: Connection[] = []
  #frame: ServerFrame | null = null
  #json: string | Uint8Array | null = null
  #msgpack: string | Uint8Array | null = null

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

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#frame = null
    for (const connection of waiting) connection.flush()
  }
}
