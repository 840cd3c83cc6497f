/** The binary subprotocol: plain msgpack maps, no record extensions, so that any language reads it. */
import { Packr } from 'msgpackr'
import type { ServerFrame } from '../../schema/index.ts'
import type { Codec } from './codec.ts'

const packr = new Packr({ useRecords: false, int64AsType: 'number' })

export const msgpackCodec: Codec = {
  subprotocol: 'lendbook.v1.msgpack',
  encode: (frame) => packr.pack(frame),
  decode: (data) => {
    if (typeof data === 'string') throw new TypeError('a text frame in the binary subprotocol')
    return packr.unpack(data) as ServerFrame
  },
}
