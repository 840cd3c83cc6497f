/** What is declared once can be written and read, now and by later builds. */
import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { describe, expect, test } from 'vitest'
import {
  decodeCommandBody,
  decodeEventBody,
  encodeCommandBody,
  encodeEventBody,
  isSayable,
} from '../../engine/journal/index.ts'
import { createForms } from '../../engine/journal/forms.ts'
import { COMMAND_FORMS, EVENT_FORMS } from '../../engine/journal/codec.ts'
import {
  atMs,
  BrokenInvariant,
  COMMANDS,
  EVENTS,
  keyFrom,
  PLAIN_BID,
  SCHEMA_VERSION,
} from '../../schema/index.ts'
import type { Command, Event, Tuple } from '../../schema/index.ts'
import { added, count, minorUnits, oneOf, rate, removed } from '../../schema/declare/field.ts'
import type { Field, Fields } from '../../schema/declare/field.ts'
import { event } from '../../schema/declare/message.ts'
import { holds } from '../engine/seed.ts'
import { messageOf, messagesOf } from './arbitrary.ts'

const NOW = atMs(1_700_000_000_000)
const commands = messagesOf<Command>(Object.values(COMMANDS))
const events = messagesOf<Event>(Object.values(EVENTS))

test('every command is read back as it was written', () => {
  holds(
    500,
    fc.property(fc.array(commands, { maxLength: 8 }), (asked) => {
      const writing = { version: SCHEMA_VERSION, atMs: NOW }
      expect(decodeCommandBody(encodeCommandBody(asked, NOW))).toEqual({ commands: asked, writing })
    }),
  )
})

test('every event is read back as it was written', () => {
  holds(
    500,
    fc.property(
      fc.array(events, { maxLength: 4 }),
      fc.array(fc.array(events, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
      fc.boolean(),
      (timed, answered, isDuplicate) => {
        const parts = { isDuplicate, timed, answered }
        expect(decodeEventBody(encodeEventBody(parts))).toEqual(parts)
      },
    ),
  )
})

describe.each([
  ...Object.values(COMMANDS).map((declared) => ({ declared, forms: COMMAND_FORMS })),
  ...Object.values(EVENTS).map((declared) => ({ declared, forms: EVENT_FORMS })),
])('a tuple of $declared.kind', ({ declared, forms }) => {
  const { kind } = declared
  const names = Object.keys(declared.fields)
  const [sample] = fc.sample(messageOf<Command & Event>(declared), { numRuns: 1, seed: 1 })
  const pack = forms.packer(SCHEMA_VERSION) as (message: unknown) => Tuple
  const read = forms.reader(SCHEMA_VERSION)
  const tuple = pack(sample)

  test('that is too short or too long ends the reader, which names the kind', () => {
    const parts = `${kind} of schema version ${SCHEMA_VERSION} has ${names.length + 1} parts`
    expect(() => read(tuple.slice(0, -1))).toThrow(`${parts}, here are ${names.length}`)
    expect(() => read([...tuple, 0])).toThrow(`${parts}, here are ${names.length + 2}`)
  })

  test('with a wrong value anywhere ends the reader, which names the field', () => {
    const wrongs = [null, undefined, -1, 0.5, Number.NaN, 2 ** 53, 'x', {}, [0.5], [1], true]
    names.forEach((name, index) => {
      const { form } = (declared.fields as Fields)[name] as Field
      const mayBeNull = form.as === 'key' && form.orNone
      for (const wrong of wrongs) {
        if (name === 'answer' && Array.isArray(wrong)) continue
        if (mayBeNull && wrong === null) continue
        const damaged = tuple.with(index + 1, wrong)
        expect(() => read(damaged), `${name} ${JSON.stringify(wrong)}`).toThrow(BrokenInvariant)
        expect(() => read(damaged)).toThrow(`${kind} of schema version ${SCHEMA_VERSION}: ${name}`)
      }
    })
  })
})

test('a kind that nobody declared ends the reader', () => {
  expect(() => COMMAND_FORMS.reader(SCHEMA_VERSION)([99])).toThrow('kind 99 is not known')
  expect(() => EVENT_FORMS.reader(SCHEMA_VERSION)([])).toThrow('kind undefined is not known')
})

test('a body that is damaged ends the reader', () => {
  const packr = new Packr({ useRecords: false })
  const body = (value: unknown) => () => decodeCommandBody(packr.pack(value))
  expect(() => decodeCommandBody(Buffer.of(0x92, 0x02))).toThrow('a body is not msgpack')
  expect(() => decodeCommandBody(Buffer.alloc(0))).toThrow('a body is not msgpack')
  expect(body({})).toThrow('a body is no list of parts')
  expect(body([2, [], 3])).toThrow('a body has 2 parts')
  expect(body([3, []])).toThrow('a body has 3 parts')
  expect(body([3, [], -1])).toThrow('is no moment')
  expect(body([0, []])).toThrow('a body of schema version 0')
  expect(body([SCHEMA_VERSION + 1, []])).toThrow('run a newer build')
  expect(body([2, 7])).toThrow('a list of a body is no list')
  expect(body([2, ['x']])).toThrow('a message of a body is no list')
  expect(() => decodeEventBody(packr.pack([2, 0, [], [[[99]]]]))).toThrow('kind 99')
})

test('no two kinds have the same number, and every kind stands under its own name', () => {
  for (const declared of [COMMANDS, EVENTS]) {
    for (const [name, { kind }] of Object.entries(declared)) expect(kind).toBe(name)
    expect(Object.values(declared).every(({ since }) => since <= SCHEMA_VERSION)).toBe(true)
  }
  const twice = [
    event('One', { number: 1, about: '', fields: {} }),
    event('Other', { number: 1, about: '', fields: {} }),
  ]
  expect(() => createForms(twice, 1)).toThrow('the same number')
})

describe('a kind changes from version to version', () => {
  const COLOURS = ['red', 'green'] as const
  /** As of version 1: amount and rate. Version 2 adds a count, version 3 gives up the rate for a colour. */
  const versions = [
    event('Painted', {
      number: 1,
      about: 'For this test.',
      fields: {
        amountMinor: minorUnits('What it cost.'),
        ratePpm: removed(
          3,
          rate('How fast.'),
          ({ colour }) => (colour === 'red' ? 100 : 200) as never,
        ),
        coats: added(2, count('How often.'), ({ amountMinor }) => (amountMinor as number) / 10),
        colour: added(3, oneOf('colour', COLOURS, 'Which.'), ({ ratePpm }) =>
          ratePpm === 100 ? 'red' : 'green',
        ),
      },
    }),
    event('Scraped', { number: 2, since: 3, about: 'For this test.', fields: {} }),
  ]
  interface Painted {
    readonly kind: string
    readonly amountMinor?: number
    readonly coats?: number
    readonly colour?: string
  }
  const forms = createForms<Painted>(versions, 3)

  test('old bodies are read for ever, what they lack has its declared default', () => {
    const asNow = { kind: 'Painted', amountMinor: 70, coats: 7, colour: 'red' }
    expect(forms.reader(1)([1, 70, 100])).toEqual(asNow)
    expect(forms.reader(2)([1, 70, 100, 7])).toEqual(asNow)
    expect(forms.reader(3)([1, 70, 7, 0])).toEqual(asNow)
    expect(forms.reader(2)([1, 70, 5, 9])).toEqual({ ...asNow, coats: 9, colour: 'green' })
  })

  test('each version is read strictly by its own form', () => {
    expect(() => forms.reader(1)([1, 70, 100, 7])).toThrow(
      'Painted of schema version 1 has 3 parts, here are 4',
    )
    expect(() => forms.reader(3)([1, 70, 100, 7, 0])).toThrow('has 4 parts, here are 5')
    expect(() => forms.reader(2)([2])).toThrow('kind 2 is not known to schema version 2')
    expect(() => forms.reader(4)).toThrow('schema version 4 is not known')
  })

  test('the version before can be written as long as nothing is lost by it', () => {
    const green = { kind: 'Painted', amountMinor: 70, coats: 7, colour: 'green' }
    expect(forms.packer(3)(green)).toEqual([1, 70, 7, 1])
    expect(forms.packer(2)(green)).toEqual([1, 70, 200, 7])
    expect(forms.isSayable({ kind: 'Scraped' }, 2)).toBe(false)
    expect(() => forms.packer(2)({ kind: 'Scraped' })).toThrow('cannot say this Scraped')
    const often = { ...green, coats: 8 }
    expect(forms.isSayable(often, 1)).toBe(false)
    expect(() => forms.packer(1)(often)).toThrow('schema version 1 cannot say this Painted')
  })
})

test('what the version before does without is left out for it, and not known to who reads it', () => {
  const key = keyFrom(1, new Uint8Array(10))
  const [sample] = fc.sample(messageOf<Event>(EVENTS.BidPlaced), 1) as [Event]
  const placed = { ...sample, minFillMinor: 0, rank: 'by-rate', key } as Event
  expect(EVENT_FORMS.isSayable(placed, 3)).toBe(true)
  const packed = EVENT_FORMS.packer(3)(placed)
  expect(EVENT_FORMS.reader(3)(packed)).toEqual({ ...placed, key: null })
  expect(EVENT_FORMS.reader(4)(EVENT_FORMS.packer(4)(placed))).toEqual(placed)
})

test('a name that came later is not said to a version that has not heard of it', () => {
  const colour = oneOf('colour', ['red', 'green', 'blue'], 'Which.', 3, { blue: 2 })
  const painted = event('Painted', { number: 1, about: 'For this test.', fields: { colour } })
  const forms = createForms<{ kind: string; colour: string }>([painted], 2)
  const blue = { kind: 'Painted', colour: 'blue' }
  expect(forms.packer(2)(blue)).toEqual([1, 2])
  expect(() => forms.packer(1)(blue)).toThrow('schema version 1 cannot say this Painted')
  expect(forms.packer(1)({ ...blue, colour: 'green' })).toEqual([1, 1])
})

test('a rollout from version 1: what it knew can be written for it, what it did not know cannot', () => {
  const [some] = fc.sample(messageOf<Command>(COMMANDS.PlaceBid), 1) as [Command]
  const sample = { ...some, ...PLAIN_BID } as Command
  const [amendment] = fc.sample(messageOf<Command>(COMMANDS.AmendBid), 1) as [Command]
  const packr = new Packr({ useRecords: false })
  expect(packr.unpack(encodeCommandBody([sample], NOW, 1))).toHaveProperty('0', 1)
  const read = decodeCommandBody(encodeCommandBody([sample], NOW, 1))
  expect(read).toEqual({ commands: [sample], writing: null })
  expect([isSayable(sample, 1), isSayable(amendment, 1), isSayable(amendment, 2)]).toEqual([
    true,
    false,
    true,
  ])
  expect(() => encodeCommandBody([amendment], NOW, 1)).toThrow('cannot say this AmendBid')
})

test('a key is a key by its length: a longer word is none', () => {
  const key = keyFrom(1, new Uint8Array(10))
  const read = COMMAND_FORMS.reader(SCHEMA_VERSION)
  expect(read([4, key, 1, 0, 1])).toMatchObject({ kind: 'CancelBid', key })
  expect(() => read([4, `${key}0`, 1, 0, 1])).toThrow(
    `CancelBid of schema version ${SCHEMA_VERSION}: key`,
  )
})
