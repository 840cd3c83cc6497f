/** The short cuts through validation and decoding take exactly what the slow ways take. */
import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { expect, test } from 'vitest'
import { isPlainBid, isPlainCancel, readBatch } from '../../gateway/admit/batch-form.ts'
import { KeyMaker } from '../../gateway/client/index.ts'
import { isPlainFrame } from '../../gateway/socket/dispatch.ts'
import { MalformedMessage, readMsgpack } from '../../gateway/socket/msgpack-reader.ts'
import {
  AMOUNT_MINOR_MAX,
  BATCH_COMMANDS_MAX,
  OPERATIONS,
  RATE_PPM_MAX,
  requestFrameSchema,
} from '../../schema/index.ts'
import { holds } from '../engine/seed.ts'

const keys = new KeyMaker(() => 1_700_000_000_000)
const KEY = keys.next()

const ODD: readonly unknown[] = [
  null,
  true,
  '',
  '1',
  [],
  {},
  Number.NaN,
  Infinity,
  -1,
  -0,
  0,
  0.5,
  1,
  1e300,
  2 ** 53,
  Number.MAX_SAFE_INTEGER,
  AMOUNT_MINOR_MAX,
  AMOUNT_MINOR_MAX + 1,
  RATE_PPM_MAX,
  RATE_PPM_MAX + 1,
  KEY,
  KEY.toUpperCase(),
  `${KEY} `,
  KEY.slice(1),
  `${KEY}\n`,
  KEY.replace('-7', '-4'),
]
const odd = fc.constantFrom(...ODD)
const number = fc.oneof(fc.integer({ min: 1, max: 1_000 }), odd)
const key = fc.oneof(fc.constant(KEY), odd)
const item = fc.record(
  {
    key,
    listingId: number,
    bidId: number,
    amountMinor: number,
    ratePpm: number,
    deadlineMs: number,
    more: odd,
    __proto__: fc.constant(null),
  },
  { requiredKeys: ['key'] },
)
const nearlyBid = fc.record(
  {
    key,
    listingId: number,
    amountMinor: number,
    ratePpm: number,
    deadlineMs: fc.oneof(fc.constant(5), odd),
  },
  { requiredKeys: ['key', 'listingId', 'amountMinor', 'ratePpm'] },
)

test('a bid or cancel is plain exactly when the schema takes it', () => {
  holds(
    3_000,
    fc.property(fc.oneof(item, nearlyBid, odd), (value) => {
      expect(isPlainBid(value)).toBe(OPERATIONS['bid.place'].params.safeParse(value).success)
      expect(isPlainCancel(value)).toBe(OPERATIONS['bid.cancel'].params.safeParse(value).success)
    }),
  )
})

test('a batch is taken exactly when the schema takes it', () => {
  holds(
    1_000,
    fc.property(
      fc.array(fc.oneof(nearlyBid, item), { maxLength: 4 }),
      odd,
      fc.boolean(),
      (items, more, hasMore) => {
        const params = hasMore ? { items, more } : { items }
        const read = readBatch(params)
        const truth = OPERATIONS['bid.batch'].params.safeParse(params)
        expect('items' in read ? read : null).toEqual(truth.success ? truth.data : null)
      },
    ),
  )
})

test('a refused batch names the item and the field', () => {
  const good = { key: KEY, listingId: 1, amountMinor: 1, ratePpm: 1 }
  const refusal = (items: unknown): unknown => readBatch({ items })
  expect(refusal([good, { ...good, amountMinor: -1 }])).toMatchObject({
    field: 'items.1.amountMinor',
  })
  expect(refusal([good, { ...good, hack: 1 }])).toMatchObject({ field: 'items.1.hack' })
  expect(refusal([{ key: KEY, bidId: 1.5 }])).toMatchObject({
    code: 'field-invalid',
    field: 'items.0.bidId',
  })
  expect(refusal([])).toMatchObject({ code: 'field-invalid', field: 'items' })
  const tooMany = Array.from({ length: BATCH_COMMANDS_MAX + 1 }, () => good)
  expect(refusal(tooMany)).toMatchObject({ code: 'batch-too-large' })
})

test('a frame is plain only if the schema takes it', () => {
  const frame = fc.record(
    {
      id: number,
      op: fc.oneof(fc.constant('ping'), fc.constant('toString'), odd),
      p: odd,
      ack: fc.oneof(fc.constant('durable'), odd),
      more: odd,
    },
    { requiredKeys: [] },
  )
  holds(
    2_000,
    fc.property(frame, (value) => {
      expect(isPlainFrame(value) && !requestFrameSchema.safeParse(value).success).toBe(false)
    }),
  )
  expect(isPlainFrame({ id: 0, op: 'bid.place', p: {}, ack: 'settled' })).toBe(true)
})

const packr = new Packr({ useRecords: false })
const text = fc.string({ unit: 'binary', maxLength: 300 })
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    text,
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      fc.stringMatching(/^[a-zA-Z]{1,12}$/).filter((name) => !(name in {})),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value

test('plain msgpack reads as msgpackr reads it', () => {
  holds(
    1_000,
    fc.property(plain, (value) => {
      const bytes = packr.pack(value)
      expect(readMsgpack(bytes)).toEqual(packr.unpack(bytes))
    }),
  )
})

test('any bytes are read or refused, never anything else', () => {
  holds(
    3_000,
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(['read', MalformedMessage]).toContain(outcomeOf(bytes))
    }),
  )
})

test('records, extensions, binaries, deep nests, lying lengths and stray bytes are refused', () => {
  const refused = (...bytes: number[]): void => {
    expect(() => readMsgpack(Buffer.from(bytes))).toThrow(MalformedMessage)
  }
  expect(() => readMsgpack(new Packr({ useRecords: true }).pack({ a: 1 }))).toThrow(
    MalformedMessage,
  )
  refused(0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61)
  refused(0xd6, 0xff, 0, 0, 0, 0)
  refused(0xc4, 0x01, 0x00)
  refused(0xc1)
  expect(() => readMsgpack(Buffer.alloc(200_000, 0x91))).toThrow(MalformedMessage)
  refused(0xdd, 0xff, 0xff, 0xff, 0xff)
  refused(0xdf, 0xff, 0xff, 0xff, 0xff)
  refused(0xdb, 0xff, 0xff, 0xff, 0xff)
  refused(0x01, 0x02)
  refused(0x82, 0xa1, 0x61, 0x01, 0xa1, 0x61, 0x02)
  refused(0x81, 0xa9, ...Buffer.from('__proto__'), 0x80)
  refused(0x81, 0x01, 0x01)
})

function outcomeOf(bytes: Uint8Array): unknown {
  try {
    readMsgpack(Buffer.from(bytes))
    return 'read'
  } catch (error) {
    return error instanceof MalformedMessage ? MalformedMessage : error
  }
}
