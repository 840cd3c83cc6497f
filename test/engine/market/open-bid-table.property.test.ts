import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bid } from '../../../engine/market/book/bid.ts'
import { OpenBidTable } from '../../../engine/market/open-bid-table.ts'
import { bidId } from '../../../schema/index.ts'
import { holds } from '../seed.ts'
import { someBid } from '../some-bid.ts'

test('the table of open bids knows what a map would know, in the order of the ids', () => {
  const step = fc.record({ skips: fc.nat({ max: 40 }), choice: fc.nat(), isRemove: fc.boolean() })
  holds(
    300,
    fc.property(fc.array(step, { maxLength: 150, size: 'large' }), (steps) => {
      const table = new OpenBidTable<Bid>()
      const map = new Map<number, Bid>()
      let newest = 0
      for (const { skips, choice, isRemove } of steps) {
        const leaving = [...map.values()][choice % Math.max(1, map.size)]
        if (isRemove && leaving !== undefined) {
          table.remove(leaving)
          map.delete(leaving.bidId)
        } else {
          newest += 1 + skips
          const bid = someBid(newest)
          table.add(bid)
          map.set(newest, bid)
        }
      }
      expect([...table.values()].map((bid) => bid.bidId)).toEqual([...map.keys()])
      expect(table.size).toBe(map.size)
      const ids = Array.from({ length: newest + 70 }, (_, index) => bidId(index + 1))
      expect(ids.filter((id) => table.get(id) !== (map.get(id) ?? null))).toEqual([])
    }),
  )
})

test('a bid enters once and leaves once, and none leaves in the place of another', () => {
  const table = new OpenBidTable<Bid>()
  const [bid, other] = [someBid(1), someBid(2)]
  table.add(bid)
  table.add(other)
  expect(() => table.add(someBid(1))).toThrow('enters once')
  expect(() => table.remove(someBid(1))).toThrow('leaves once')
  table.remove(bid)
  expect(() => table.remove(bid)).toThrow('leaves once')
  expect(table.size).toBe(1)
})
