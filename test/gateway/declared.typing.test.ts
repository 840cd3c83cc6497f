/** What must not compile: an edge that is declared by half. The compiler is what judges here. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Handlers } from '../../gateway/http/handling.ts'
import { HttpClient } from '../../gateway/client/index.ts'
import { operation } from '../../schema/declare/operation.ts'
import { route } from '../../schema/declare/route.ts'

test('a route or an operation without a permission does not compile', () => {
  const facts = { about: 'For this test.', name: 'test', reply: z.string() }
  // @ts-expect-error nobody says who may ask
  expect(route({ ...facts, paidFrom: 'queries' })).not.toHaveProperty('access')
  // @ts-expect-error nobody pays
  expect(route({ ...facts, access: 'anyone' })).not.toHaveProperty('paidFrom')
  // @ts-expect-error there is no such permission
  expect(route({ ...facts, paidFrom: 'queries', access: 'everything' })).toHaveProperty('access')
  // @ts-expect-error nobody says who may ask
  expect(operation({ about: '', params: z.strictObject({}), reply: z.string() })).toBeTruthy()
})

test('a table of handlers that lacks a route does not compile', () => {
  // @ts-expect-error most are missing
  const handlers: Handlers = { 'GET /v1/market': (_, { market }) => market() }
  expect(Object.keys(handlers)).toHaveLength(1)
})

test('a client asks declared routes only, and says what they need', () => {
  const calls = (http: HttpClient) => [
    // @ts-expect-error there is no such route
    () => http.ask('GET /v1/nothing'),
    // @ts-expect-error which listing?
    () => http.ask('GET /v1/listings/{listingId}'),
    // @ts-expect-error a word is no number
    () => http.ask('GET /v1/listings', { query: { limit: 'many' } }),
    () => http.ask('GET /v1/listings', { query: { limit: 10 } }),
  ]
  expect(calls(new HttpClient())).toHaveLength(4)
})
