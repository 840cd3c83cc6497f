import { expect, test } from 'vitest'
import { nextOf } from '../../web/app/address.ts'
import { createMatcher } from './matcher.ts'

test.each([
  ['/', '/'],
  ['/?sort=rate&grade=A,B', '/'],
  ['/listings/17', '/listings/:listingId([1-9][0-9]{0,14})'],
  ['/portfolio', '/portfolio'],
  ['/sign-in', '/sign-in'],
  ['/borrow', '/borrow'],
  ['/desk', '/desk'],
  ['/desk/listings/17', '/desk/listings/:listingId([1-9][0-9]{0,14})'],
  ['/listings/0', '/:unknown(.*)*'],
  ['/listings/017', '/:unknown(.*)*'],
  ['/listings/1e3', '/:unknown(.*)*'],
  ['/listings/99999999999999999', '/:unknown(.*)*'],
  ['/nowhere', '/:unknown(.*)*'],
])('%s leads to the page of %s', (path, pattern) => {
  expect(
    createMatcher()
      .resolve(path)
      .matched.at(-1)
      ?.path.replace(/(?<=.)\/$/, ''),
  ).toBe(pattern)
})

test('signing in goes back to where one came from, but never to another site', () => {
  expect(nextOf('/listings/17')).toBe('/listings/17')
  for (const elsewhere of ['//evil.example', '/\\evil.example', 'https://evil.example', undefined])
    expect(nextOf(elsewhere)).toBe('/')
})
