/** The short cuts through validation and decoding take exactly what the slow ways take. */
import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { expect, test } from 'vitest'
import { OPERATION_FORMS, formOf } from '../../gateway/admit/forms.ts'
import { KeyMaker } from '../../gateway/client/index.ts'
import { isPlainFrame } from '../../gateway/socket/dispatch.ts'
import { MalformedMessage, readMsgpack } from '../../gateway/socket/msgpack-reader.ts'
import type { Field } from '../../schema/declare/field.ts'
import type { CommandOperationDeclaration } from '../../schema/declare/operation.ts'
import {
  accountId,
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
const number = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 1_000 }) }, odd)
const key = fc.oneof({ weight: 5, arbitrary: fc.constant(KEY) }, odd)
const CALLER = accountId(7)

/** Everything that becomes one command. */
const SINGLE = Object.entries(OPERATIONS).flatMap(([name, declared]) =>
  'command' in declared ? [[name, declared as CommandOperationDeclaration] as const] : [],
)

/** A value that the field may be asked for with, mostly. */
function valueOf(field: Field): fc.Arbitrary<unknown> {
  const { form, asked } = field
  const { min = 1, max = 1_000 } = asked ?? {}
  const good = form.as === 'name' ? fc.constantFrom(...form.names) : fc.integer({ min, max })
  return fc.oneof<fc.MaybeWeightedArbitrary<unknown>[]>({ weight: 20, arbitrary: good }, odd)
}

/** Nearly what the operation takes: now and then a field is odd, missing or one too many. */
function nearly({
  command,
  owner,
  hasDeadline,
}: CommandOperationDeclaration): fc.Arbitrary<object> {
  const fields = Object.entries(command.body).map(([name, field]) => [name, valueOf(field)])
  const required = ['key', ...(owner === null ? [] : [owner]), ...Object.keys(command.body)]
  const model: Record<string, fc.Arbitrary<unknown>> = {
    key,
    ...(owner === null ? {} : { [owner]: number }),
    ...Object.fromEntries(fields),
    deadlineMs: fc.oneof(fc.constantFrom(5, undefined), odd),
    more: odd,
  }
  const record = fc.record(model, { requiredKeys: required })
  const lacking = fc.tuple(record, fc.constantFrom(...required)).map(([whole, name]) => {
    const { [name]: _, ...rest } = whole as Record<string, unknown>
    return rest
  })
  const exact = fc
    .tuple(record, fc.boolean())
    .map(([{ more, deadlineMs, ...rest }, isKept]: [Record<string, unknown>, boolean]) => {
      void more
      return isKept && hasDeadline ? { ...rest, deadlineMs } : rest
    })
  return fc.oneof({ weight: 3, arbitrary: exact }, record, lacking)
}

const anyItem = fc.oneof(...SINGLE.map(([, declared]) => nearly(declared)))

test.each(SINGLE)('%s is read exactly when the schema takes it, as what it says', (_, declared) => {
  const form = formOf(declared)
  let taken = 0
  holds(
    1_500,
    fc.property(fc.oneof(nearly(declared), anyItem, odd), (value) => {
      const truth = declared.params.safeParse(value)
      const command = form.read(value, CALLER)
      expect(command !== null).toBe(truth.success)
      if (!truth.success) return
      taken++
      expect(command).toEqual(form.make(truth.data, CALLER))
      expect(command).toEqual(plainCommand(declared, truth.data))
    }),
  )
  expect(taken).toBeGreaterThan(50)
})

/** The command as one would make it by hand. */
function plainCommand(
  { command, owner }: CommandOperationDeclaration,
  params: Readonly<Record<string, unknown>>,
): object {
  const body = Object.keys(command.body).map((name) => [name, params[name]])
  return {
    kind: command.kind,
    key: params['key'],
    accountId: owner === null ? CALLER : params[owner],
    deadlineMs: params['deadlineMs'] ?? 0,
    ...Object.fromEntries(body),
  }
}

const readBatch = (params: unknown) => OPERATION_FORMS['bid.batch'].read(params, CALLER)

const { batched: BATCHED } = OPERATIONS['bid.batch']
const batched = fc.oneof(...BATCHED.map((declared) => nearly(declared)))

/** The command of an item, by the one schema that takes it. */
function commandOf(item: object): object {
  const declared = BATCHED.filter(({ params }) => params.safeParse(item).success)
  expect(declared).toHaveLength(1)
  return declared.map((only) => plainCommand(only, item as Record<string, unknown>))[0] ?? {}
}

test('a batch is taken exactly when the schema takes it', () => {
  holds(
    1_000,
    fc.property(
      fc.array(fc.oneof(anyItem, batched, batched), { maxLength: 4 }),
      odd,
      fc.boolean(),
      (items, more, hasMore) => {
        const params = hasMore ? { items, more } : { items }
        const read = readBatch(params)
        const truth = OPERATIONS['bid.batch'].params.safeParse(params)
        expect('code' in read).toBe(!truth.success)
        if (truth.success) expect(read).toEqual(truth.data.items.map(commandOf))
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
  expect(refusal([{ key: KEY, bidId: 1, amountMinor: 1 }])).toMatchObject({
    field: 'items.0.ratePpm',
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

test('a listing whose smallest bids cannot cover it is refused at the door, by the field to mend', () => {
  const read = (params: unknown) => OPERATION_FORMS['listing.open'].read(params, CALLER)
  const terms = { mode: 'fixed-rate', ratePpm: 1, termMonths: 12, grade: 'A', purpose: 'car' }
  const asked = { key: KEY, borrowerId: 3, ...terms, openMs: 60_000, amountMinor: 10_001 }
  const doubt = { code: 'listing-terms-invalid', field: 'minBidMinor' }
  expect(read({ ...asked, minBidMinor: 1 })).toMatchObject(doubt)
  expect(read({ ...asked, minBidMinor: 10_002 })).toMatchObject(doubt)
  expect(read({ ...asked, minBidMinor: 2 })).toMatchObject([{ kind: 'OpenListing' }])
})
