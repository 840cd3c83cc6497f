/** How deep JSON goes is told without reading it, as whoever reads it would tell. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNestedTooDeep } from '../../gateway/admit/nesting.ts'
import { WIRES } from '../../gateway/socket/wire.ts'
import { NESTING_MAX } from '../../schema/index.ts'
import { holds } from '../engine/seed.ts'

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 12, withCrossShrink: true },
    fc.oneof(fc.integer(), fc.constant(null), fc.string(), fc.constantFrom('[[', '\\"[', '{"')),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
  ),
})).value

test('it is too deep exactly when what it reads as is', () => {
  holds(
    300,
    fc.property(json, fc.nat({ max: NESTING_MAX + 1 }), (value, more) => {
      let wrapped: unknown = value
      for (let n = 0; n < more; n++) wrapped = [wrapped]
      const isDeep = depthOf(wrapped) > NESTING_MAX
      expect(isNestedTooDeep(Buffer.from(JSON.stringify(wrapped)))).toBe(isDeep)
    }),
  )
})

test.each(['{"a":"', '"\\', ']]]]', '', '[[[[[[[['])('%s is left to the reader', (text) => {
  expect(isNestedTooDeep(Buffer.from(text))).toBe(false)
})

test('a quarter of a megabyte of brackets is refused after the first few', () => {
  const frame = Buffer.from(`{"id":1,"op":"ping","p":${'['.repeat(240_000)}${']'.repeat(240_000)}}`)
  const read = () => WIRES['lendbook.v1.json'].decode(new Uint8Array(frame).buffer)
  expect(read).toThrow('nested too deep')
})

test.each(['lendbook.v1.json', 'lendbook.v1.msgpack'] as const)(
  'the number of a request is seen without reading it, in %s',
  (subprotocol) => {
    const wire = WIRES[subprotocol]
    const peek = (frame: unknown) => {
      const bytes = wire.encode(frame as never)
      return wire.peekId(new Uint8Array(Buffer.from(bytes as string)).buffer)
    }
    for (const id of [0, 7, 200, 70_000, 2 ** 31, 2 ** 40])
      expect(peek({ id, op: 'ping', p: {} })).toBe(id)
    for (const frame of [
      { op: 'ping', id: 7, p: {} },
      { id: '7', op: 'ping' },
      [],
      7,
      { id: -1, op: 'ping', p: {} },
    ])
      expect(peek(frame)).toBe(-1)
  },
)

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
