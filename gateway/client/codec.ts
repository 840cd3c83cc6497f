import type { ServerFrame, Subprotocol } from '../../schema/index.ts'

/** How frames are written on the wire: one for each subprotocol. */
export interface Codec {
  readonly subprotocol: Subprotocol
  encode(frame: unknown): string | Uint8Array
  /** Throws when the bytes are not a frame. */
  decode(data: string | Uint8Array): ServerFrame
}

export const jsonCodec: Codec = {
  subprotocol: 'lendbook.v1.json',
  encode: (frame) => JSON.stringify(frame),
  decode: (data) => JSON.parse(typeof data === 'string' ? data : utf8.decode(data)) as ServerFrame,
}

const utf8 = new TextDecoder()
