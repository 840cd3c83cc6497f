import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bid } from '../../../engine/market/book/bid.ts'
import { RateLadder } from '../../../engine/market/book/rate-ladder.ts'
import { RATE_PPM_MAX } from '../../../schema/index.ts'
import { holds } from '../seed.ts'
import { someBid } from '../some-bid.ts'

test('bids stand by rate and then by arrival, whatever comes and goes, at few rates or many', () => {
  const rate = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: RATE_PPM_MAX }))
  const step = fc.record({ rate, choice: fc.nat(), dice: fc.nat({ max: 9 }) })
  holds(
    200,
    fc.property(fc.array(step, { maxLength: 200, size: 'large' }), (steps) => {
      const ladder = new RateLadder()
      let open: Bid[] = []
      steps.forEach(({ rate, choice, dice }, index) => {
        const leaving = open[choice % Math.max(1, open.length)]
        if (dice < 4 && leaving !== undefined) {
          ladder.remove(leaving)
          open = open.filter((bid) => bid !== leaving)
        } else {
          const bid = someBid(index + 1, rate)
          ladder.insert(bid)
          open = [...open, bid].toSorted((a, b) => a.ratePpm - b.ratePpm || a.bidId - b.bidId)
        }
        expect(ladder.worst?.bidId).toBe(open.at(-1)?.bidId)
      })
      expect(ladder.toArray().map((bid) => bid.bidId)).toEqual(open.map((bid) => bid.bidId))
    }),
  )
})
