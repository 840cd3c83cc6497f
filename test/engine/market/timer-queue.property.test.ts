import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimerQueue } from '../../../engine/market/timer-queue.ts'
import type { Listing } from '../../../engine/market/listing.ts'
import { atMs, listingId } from '../../../schema/index.ts'
import { Market } from '../market.ts'
import { holds } from '../seed.ts'

/** Any listing will do: only its time and its id are looked at. */
function someListing(): Listing {
  const market = new Market()
  market.list('Bob', { mode: 'fixed-rate', amount: 100 })
  const listing = market.state.listings.values().next().value
  if (listing === undefined) throw new Error('a listing was opened')
  return listing
}

test('the queue gives listings by time and then by id, whatever comes and goes in between', () => {
  const template = someListing()
  const step = fc.record({ isAdd: fc.boolean(), timeMs: fc.nat({ max: 20 }), choice: fc.nat() })
  holds(
    300,
    fc.property(fc.array(step, { maxLength: 80, size: 'large' }), (steps) => {
      const queue = new TimerQueue()
      let open: Listing[] = []
      steps.forEach(({ isAdd, timeMs, choice }, index) => {
        const leaving = open[choice % Math.max(1, open.length)]
        if (isAdd || leaving === undefined) {
          const id = listingId(index + 1)
          const listing = { ...template, listingId: id, closesAtMs: atMs(timeMs) }
          queue.add(listing)
          open.push(listing)
        } else {
          queue.remove(leaving)
          open = open.filter((one) => one !== leaving)
        }
      })
      const expected = open.toSorted(
        (a, b) => a.closesAtMs - b.closesAtMs || a.listingId - b.listingId,
      )
      for (const listing of expected) {
        expect(queue.next).toBe(listing)
        queue.remove(listing)
      }
      expect(queue.next).toBeNull()
    }),
  )
})

test('a listing that has left the queue cannot leave it again in the place of another', () => {
  const template = someListing()
  const queue = new TimerQueue()
  const [first, second] = [1, 2].map((id) => ({ ...template, listingId: listingId(id) }))
  if (first === undefined || second === undefined) throw new Error('two listings')
  queue.add(first)
  queue.add(second)
  queue.remove(first)
  expect(() => queue.remove(first)).toThrow('knows its place')
  expect(queue.next).toBe(second)
})
