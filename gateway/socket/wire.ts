/** The two subprotocols: how frames are written and read on each. */
import { Packr } from 'msgpackr'
import type { ServerFrame, Subprotocol } from '../../schema/index.ts'
import { isNestedTooDeep } from '../admit/nesting.ts'
import { MalformedMessage, peekMsgpackId, readMsgpack } from './msgpack-reader.ts'

export interface Wire {
  readonly subprotocol: Subprotocol
  readonly isBinary: boolean
  encode(frame: ServerFrame): string | Uint8Array
  /** `bytes` are only lent: nothing of them is kept. @throws {MalformedMessage} */
  decode(bytes: ArrayBuffer): unknown
  /** The number of a request whose frame begins with it, without reading the rest; -1 when it does not. */
  peekId(bytes: ArrayBuffer): number
}

const packer = new Packr({ useRecords: false })
/** Enough for `{"id":` and a number. */
const HEAD_BYTES = 64
const utf8 = new TextDecoder('utf-8', { fatal: true })

export const WIRES: Readonly<Record<Subprotocol, Wire>> = {
  'lendbook.v1.json': {
    subprotocol: 'lendbook.v1.json',
    isBinary: false,
    encode: (frame) => JSON.stringify(frame),
    decode: (bytes) => {
      if (isNestedTooDeep(new Uint8Array(bytes))) throw new MalformedMessage('nested too deep')
      try {
        return JSON.parse(utf8.decode(bytes)) as unknown
      } catch (cause) {
        throw new MalformedMessage('not JSON', { cause })
      }
    },
    peekId: (bytes) => {
      const head = Buffer.from(bytes, 0, Math.min(bytes.byteLength, HEAD_BYTES)).toString('latin1')
      return Number(/^\s*\{\s*"id"\s*:\s*(\d{1,15})\s*,/.exec(head)?.[1] ?? -1)
    },
  },
  'lendbook.v1.msgpack': {
    subprotocol: 'lendbook.v1.msgpack',
    isBinary: true,
    encode: (frame) => packer.pack(frame),
    decode: (bytes) => readMsgpack(Buffer.from(bytes)),
    peekId: (bytes) => peekMsgpackId(Buffer.from(bytes)),
  },
}

/** The first subprotocol the client offers that we speak; null when there is none. */
export function chooseWire(offered: string): Wire | null {
  for (const name of offered.split(',')) {
    const wire = (WIRES as Partial<Record<string, Wire>>)[name.trim()]
    if (wire !== undefined && Object.hasOwn(WIRES, name.trim())) return wire
  }
  return null
}
