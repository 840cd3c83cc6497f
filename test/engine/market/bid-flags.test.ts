/** What a bid may ask for beside amount and rate. */
import { describe, expect, test } from 'vitest'
import { kinds, Market, placed, refusal } from '../market.ts'
import type { Terms } from '../market.ts'

function open(mode: Terms['mode']): { market: Market; car: number } {
  const market = new Market()
  for (const name of ['Ann', 'Bea', 'Cid', 'Una']) market.deposit(name, 10_000)
  return { market, car: market.list('Bob', { mode, amount: 1_000, rate: 150_000, minBid: 10 }) }
}

describe('all at once or nothing', () => {
  test('is refused when only a part fits, and nothing is held', () => {
    const { market, car } = open('fixed-rate')
    market.bid('Ann', car, 900)
    const flags = { timeInForce: 'fill-or-kill' } as const
    expect(refusal(market.bid('Bea', car, 200, 100_000, flags))).toBe('fill-below-minimum')
    expect(market.cash('Bea')).toEqual([10_000, 0])
    expect(placed(market.bid('Bea', car, 90, 100_000, flags)).acceptedMinor).toBe(90)
  })
})

describe('a least fill', () => {
  test('is refused when less fits', () => {
    const { market, car } = open('uniform-auction')
    market.bid('Ann', car, 900, 90_000)
    expect(refusal(market.bid('Bea', car, 200, 100_000, { minFill: 150 }))).toBe(
      'fill-below-minimum',
    )
    expect(placed(market.bid('Bea', car, 200, 100_000, { minFill: 100 })).acceptedMinor).toBe(100)
  })

  test('protects what stays: a better bid takes it whole or leaves it that much', () => {
    const { market, car } = open('uniform-auction')
    market.bid('Ann', car, 1_000, 120_000, { minFill: 400 })
    expect(placed(market.bid('Bea', car, 700, 90_000)).acceptedMinor).toBe(600)
    expect(market.book(car)).toEqual(['Bea 600 @ 90000', 'Ann 400 @ 120000'])
    expect(kinds(market.bid('Cid', car, 400, 80_000))).toEqual(['BidPlaced', 'BidOutbid'])
    expect(market.book(car)).toEqual(['Cid 400 @ 80000', 'Bea 600 @ 90000'])
  })

  test('of the whole amount is all or none, and gives way to as much only', () => {
    const { market, car } = open('uniform-auction')
    market.bid('Ann', car, 1_000, 120_000, { minFill: 1_000 })
    expect(refusal(market.bid('Bea', car, 999, 90_000))).toBe('rate-not-competitive')
    expect(kinds(market.bid('Bea', car, 1_000, 90_000))).toEqual(['BidPlaced', 'BidOutbid'])
  })

  test.each([{ minFill: 201 }, { minFill: 1, rank: 'last' }] as const)(
    'that makes no sense is refused: %o',
    (flags) => {
      const { market, car } = open('fixed-rate')
      expect(refusal(market.bid('Ann', car, 200, 100_000, flags))).toBe('bid-terms-invalid')
    },
  )

  test('is no more than a bid is lowered to', () => {
    const { market, car } = open('uniform-auction')
    const { bidId } = placed(market.bid('Ann', car, 500, 100_000, { minFill: 300 }))
    expect(refusal(market.amend('Ann', bidId, 200, 100_000))).toBe('bid-terms-invalid')
    expect(refusal(market.amend('Ann', bidId, 300, 100_000))).toBe(null)
  })
})

describe('an underwriter, who ranks last', () => {
  test('covers a listing that others may still take over, until its time is up', () => {
    const { market, car } = open('fixed-rate')
    expect(kinds(market.bid('Una', car, 1_000, 100_000, { rank: 'last' }))).toEqual(['BidPlaced'])
    const events = market.bid('Ann', car, 300)
    expect(events[1]).toMatchObject({ kind: 'BidOutbid', acceptedMinor: 700 })
    expect(market.book(car)).toEqual(['Ann 300 @ 100000', 'Una 700 @ 100000'])
    expect(kinds(market.pass(60_000))).toEqual(['ListingAllocated'])
  })

  test('makes room to the last unit, and the listing is full once nobody ranks last', () => {
    const { market, car } = open('fixed-rate')
    market.bid('Una', car, 1_000, 100_000, { rank: 'last' })
    market.bid('Ann', car, 990)
    expect(kinds(market.bid('Bea', car, 10))).toEqual([
      'BidPlaced',
      'BidOutbid',
      'ListingAllocated',
    ])
    expect(market.cash('Una')).toEqual([10_000, 0])
  })

  test('stands behind worse rates in an auction, and its rate counts among the winners', () => {
    const { market, car } = open('uniform-auction')
    market.bid('Una', car, 400, 145_000, { rank: 'last' })
    market.bid('Ann', car, 600, 150_000)
    expect(market.book(car)).toEqual(['Ann 600 @ 150000', 'Una 400 @ 145000'])
    market.bid('Bea', car, 600, 100_000)
    expect(market.book(car)).toEqual(['Bea 600 @ 100000', 'Ann 400 @ 150000'])
    expect(market.pass(60_000)).toMatchObject([{ ratePpm: 150_000 }])
  })
})
