/** The tables of docs/protocol.md are the tables of schema. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as schema from '../../schema/index.ts'
import { instalmentRow } from '../../schema/loan/row.ts'
import { bidRow, fillRow, listingRow } from '../../schema/market/row.ts'

const DOCUMENT = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')

test('every refusal is told with its number, class, status and meaning', () => {
  const told = rows('Refusals').map(([number, code, rejectClass, http]) => [
    number,
    code,
    rejectClass,
    http,
  ])
  const meant = Object.entries(schema.REJECTS).map(([code, row]) => [
    String(row.number),
    code,
    row.class,
    String(row.http),
  ])
  expect(told).toEqual(meant)
  for (const [, code = '', , , meaning] of rows('Refusals'))
    expect(meaning).toBe(schema.REJECTS[code as schema.RejectCode].en)
})

test('every class of refusal says what to do', () => {
  expect(rows('Trying again').map(([name]) => name)).toEqual([...schema.REJECT_CLASSES])
})

test('every close code is told', () => {
  expect(rows('Close codes').map(([code, reason]) => [reason, Number(code)])).toEqual(
    Object.entries(schema.CLOSE_CODES),
  )
})

test('every operation is told with its permission and its parameters', () => {
  const told = rows('Operations')
  expect(told.map(([name, access]) => [name, access])).toEqual(
    Object.entries(schema.OPERATIONS).map(([name, { access }]) => [
      name,
      access === 'anyone' ? '' : access,
    ]),
  )
  for (const [name = '', , parameters = ''] of told) {
    const fields = Object.keys(schema.OPERATIONS[name as schema.OperationName].params.shape)
    expect(words(parameters.replace(/:.*/, '')), name).toEqual(fields)
  }
})

test('every reply of the gateway itself is told with its fields', () => {
  const own = Object.entries(schema.OPERATIONS).filter(([, declared]) => !('countsAs' in declared))
  const told = rows('Replies')
  expect(told.slice(0, own.length).map(([name]) => name)).toEqual(own.map(([name]) => name))
  for (const [index, [name, { reply }]] of own.entries()) {
    const fields = Object.keys((reply as unknown as { readonly shape: object }).shape)
    expect(words((told[index]?.[1] ?? '').replace(/:.*/, '')), name).toEqual(fields)
  }
})

test('every row is told with its fields', () => {
  const shapes = { listing: listingRow, bid: bidRow, fill: fillRow, instalment: instalmentRow }
  const told = rows('Rows')
  expect(told.map(([name]) => name)).toEqual(Object.keys(shapes))
  for (const [name = '', fields = ''] of told) {
    const { shape } = shapes[name as keyof typeof shapes] as unknown as { readonly shape: object }
    expect(words(fields), name).toEqual(Object.keys(shape))
  }
  for (const status of [...schema.LISTING_STATUSES, ...schema.BID_STATUSES])
    expect(DOCUMENT).toContain(`\`${status}\``)
})

test('every item of a batch is told with its brief answer', () => {
  const { batched } = schema.OPERATIONS['bid.batch']
  const meant = [...batched.map(({ command }) => command.answer), schema.REFUSED]
  const names = Object.entries(schema.OPERATIONS).flatMap(([name, declared]) =>
    batched.some((item) => item === declared) ? [name] : [],
  )
  const told = rows('Operations', 2)
  expect(told.map(([item]) => item)).toEqual([...names, 'refused'])
  expect(told.map(([, brief = '']) => brief.split(', '))).toEqual(meant.map(({ brief }) => brief))
})

test('every channel is told', () => {
  const names = rows('Channels').map(([name = '']) => name.split(':')[0])
  expect(names).toEqual(Object.keys(schema.CHANNEL_FAMILIES))
  for (const [name = '', who] of rows('Channels')) {
    const family = (name.split(':')[0] ?? '') as schema.ChannelFamily
    expect(who === 'anyone').toBe(schema.CHANNEL_FAMILIES[family] === 'public')
  }
})

test('every stage of acknowledgement is told', () => {
  expect(rows('Acknowledgements').map(([stage]) => stage)).toEqual([...schema.ACK_STAGES])
})

test('every route is told, and every route that is told is there', () => {
  const told = rows('HTTP')
  expect(told.map(([route]) => route)).toEqual(schema.ROUTE_KEYS)
  for (const [key = '', needs, asked = '', answer = ''] of told) {
    const { access, query, body, operation, reply } = ROUTES[key as schema.RouteKey]
    expect(needs, key).toBe(access === 'anyone' ? '' : access)
    if (operation !== null) expect(asked).toBe(`as ${operation}`)
    else expect(words(asked), key).toEqual(Object.keys((body ?? query).shape))
    if (operation === null && 'shape' in reply && answer !== 'the same')
      expect(words(answer.replaceAll(/\(.*?\)/g, '')), key).toEqual(
        Object.keys(reply.shape as object),
      )
  }
})

test('every limit that is told has the value of the code', () => {
  const limits = schema as unknown as Record<string, number>
  const told = rows('Limits')
  expect(told.length).toBeGreaterThan(8)
  for (const [name = '', value = ''] of told)
    expect(Number(value.replaceAll(',', '')), name).toBe(limits[name])
})

const ROUTES: Readonly<Record<schema.RouteKey, schema.RouteDeclaration>> = schema.ROUTES

function words(text: string): readonly string[] {
  return text.match(/[a-zA-Z]+/g) ?? []
}

/** The rows of a table under a heading, the first when not said, without quotes of code. */
function rows(heading: string, which = 0): string[][] {
  const after = DOCUMENT.split(new RegExp(`^#+ .*${heading}.*$`, 'm'))[1] ?? ''
  const table = after.match(/(?:^\|.*\n)+/gm)?.[which] ?? ''
  const lines = table.trim().split('\n').slice(2)
  expect(lines.length).toBeGreaterThan(0)
  return lines.map((line) =>
    line
      .replaceAll('\\|', '/')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}
