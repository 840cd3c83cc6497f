import { expect, test } from 'vitest'
import { matchRoute } from '../../web/router.ts'

test.each([
  ['/', { kind: 'market' }],
  ['/listings/17', { kind: 'listing', listingId: 17 }],
  ['/portfolio', { kind: 'portfolio' }],
  ['/sign-in', { kind: 'sign-in', next: '/' }],
  ['/listings/0', { kind: 'unknown' }],
  ['/listings/017', { kind: 'unknown' }],
  ['/listings/1e3', { kind: 'unknown' }],
  ['/listings/99999999999999999', { kind: 'unknown' }],
  ['/nowhere', { kind: 'unknown' }],
])('%s leads to %o', (path, route) => {
  expect(matchRoute(path)).toEqual(route)
})

test('signing in goes back to where one came from, but never to another site', () => {
  const next = (value: string) => matchRoute('/sign-in', `?next=${encodeURIComponent(value)}`)
  expect(next('/listings/17')).toEqual({ kind: 'sign-in', next: '/listings/17' })
  for (const elsewhere of ['//evil.example', '/\\evil.example', 'https://evil.example'])
    expect(next(elsewhere)).toEqual({ kind: 'sign-in', next: '/' })
})
