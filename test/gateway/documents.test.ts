/** The documents for programs and people say what is declared, in forms that others can check. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { asyncapi } from '../../gateway/reference/asyncapi.ts'
import { openapi } from '../../gateway/reference/openapi.ts'
import { referencePage } from '../../gateway/reference/page.ts'
import {
  CHANNELS,
  GATEWAY_FRAMES,
  OPERATION_NAMES,
  OPERATIONS,
  REJECT_CODES,
  ROUTE_KEYS,
  ROUTES,
} from '../../schema/index.ts'

const HTTP = structuredClone(openapi()) as Document
const SOCKET = structuredClone(asyncapi()) as Document
type Document = Record<string, unknown>

/** The schema that the makers of AsyncAPI publish. */
const ASYNCAPI_SCHEMA = readFileSync(
  createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'),
  'utf8',
)

describe('OpenAPI', () => {
  test('a validator that is not ours finds nothing wrong with it, and finds what is', async () => {
    expect(await faultsOfHttp(HTTP)).toEqual([])
    const damaged = { '/x': { get: { parameters: [{ name: 'nowhere' }] } } }
    expect(await faultsOfHttp({ ...HTTP, paths: damaged })).not.toEqual([])
  })

  test('it tells every route, with who may ask and what it is paid from, and no other', () => {
    const told = Object.entries(HTTP['paths'] as Record<string, Document>).flatMap(
      ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(told.toSorted()).toEqual([...ROUTE_KEYS].toSorted())
    for (const key of ROUTE_KEYS) {
      const { about, access, name, paidFrom } = ROUTES[key]
      expect(pathsOf(HTTP)).toContainEqual(
        expect.objectContaining({
          operationId: name,
          summary: about,
          'x-access': access,
          'x-paid-from': paidFrom,
        }),
      )
    }
  })

  test('whatever it points to is there', () => {
    expect(brokenPointers(HTTP)).toEqual([])
  })
})

describe('AsyncAPI', () => {
  test("the makers' own schema takes it, and does not take a damaged one", () => {
    const isTaken = socketValidator()
    expect([isTaken(SOCKET), isTaken.errors]).toEqual([true, null])
    expect(isTaken({ ...SOCKET, operations: { x: { action: 'shout' } } })).toBe(false)
  })

  test('it tells every operation with its request and its reply, and every frame', () => {
    const operations = Object.keys(SOCKET['operations'] as Document)
    expect(operations).toEqual([...OPERATION_NAMES, 'follow'])
    const { socket } = SOCKET['channels'] as Record<string, { messages: Record<string, unknown> }>
    expect(Object.keys(socket?.messages ?? {}).toSorted()).toEqual(
      [
        ...OPERATION_NAMES.flatMap((name) => [`${name}.request`, `${name}.reply`]),
        ...Object.keys(CHANNELS).flatMap((family) => [`${family}.snapshot`, `${family}.delta`]),
        ...Object.keys(GATEWAY_FRAMES),
        'refusal',
      ].toSorted(),
    )
  })

  test('whatever it points to is there', () => {
    expect(brokenPointers(SOCKET)).toEqual([])
  })
})

describe('the page', () => {
  const page = referencePage()

  test('names every route, operation, channel and refusal with what is said of it', () => {
    const texts = [
      ...ROUTE_KEYS.flatMap((key) => [key, ROUTES[key].about]),
      ...OPERATION_NAMES.flatMap((name) => [name, OPERATIONS[name].about]),
      ...Object.values(CHANNELS).map(({ about }) => about),
      ...REJECT_CODES,
    ]
    const escaped = texts.map((text) => text.replaceAll('"', '&quot;'))
    expect(escaped.filter((text) => !page.includes(text))).toEqual([])
  })

  test('needs no script and nothing from elsewhere, and all its links lead somewhere', () => {
    expect(page).not.toMatch(/<script|\son\w+=|https?:|@import|url\(/i)
    const places = new Set(Array.from(page.matchAll(/ id="([^"]+)"/g), ([, id]) => id))
    const links = Array.from(page.matchAll(/href="#([^"]+)"/g), ([, id]) => id)
    expect(links.filter((id) => !places.has(id))).toEqual([])
    expect(places.size).toBe(page.match(/ id="/g)?.length)
  })
})

async function faultsOfHttp(document: Document): Promise<readonly unknown[]> {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  if (valid) return []
  return Array.isArray(errors) ? errors : [errors]
}

function socketValidator() {
  const ajv = new Ajv({ strict: false, allErrors: false, logger: false })
  addFormats.default(ajv)
  return ajv.compile(JSON.parse(ASYNCAPI_SCHEMA) as object)
}

/** All operations of all paths. */
function pathsOf(document: Document): unknown[] {
  return Object.values(document['paths'] as Record<string, Document>).flatMap(Object.values)
}

function brokenPointers(document: Document): string[] {
  const pointers = JSON.stringify(document).match(/"\$ref":"#[^"]+"/g) ?? []
  return [...new Set(pointers)].filter((pointer) => {
    const steps = pointer.slice('"$ref":"#/'.length, -1).split('/')
    let at: unknown = document
    for (const step of steps) at = (at as Document | undefined)?.[step]
    return at === undefined
  })
}
