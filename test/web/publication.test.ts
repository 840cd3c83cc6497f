import { expect, test } from 'vitest'
import { OPEN_LISTING } from '../../schema/market/command.ts'
import { faultsOf, NOTHING_TYPED, publicationOf } from '../../web/desk/listings/publication.ts'
import { costOf } from '../../web/borrow/cost/cost.ts'

const TYPED = {
  ...NOTHING_TYPED,
  borrower: '7',
  purpose: 'car',
  grade: 'B',
  amount: '2,000',
  rate: '9,5',
}

test('a listing that is typed whole is asked for as the contract has it', () => {
  const asked = publicationOf(TYPED, 2)
  expect(asked).toEqual({
    borrowerId: 7,
    purpose: 'car',
    grade: 'B',
    mode: 'fixed-rate',
    amountMinor: 200_000,
    minBidMinor: 2_500,
    ratePpm: 95_000,
    termMonths: 36,
    openMs: 3_600_000,
  })
  expect(faultsOf(asked)).toEqual({})
  const body = Object.entries(OPEN_LISTING.body).filter(([, { since }]) => since === null)
  expect(Object.keys(asked).sort()).toEqual(['borrowerId', ...body.map(([name]) => name)].sort())
})

test.each([
  ['amount', { amount: '' }, 'missing'],
  ['amount', { amount: '25.005' }, 'missing'],
  ['amount', { amount: '0' }, 'least'],
  ['term', { term: '0' }, 'least'],
  ['term', { term: '9999' }, 'most'],
  ['openMinutes', { openMinutes: '99999999' }, 'most'],
  ['minBid', { minBid: '2001' }, 'misfit'],
  ['minBid', { amount: '10,000,000', minBid: '25' }, 'misfit'],
  ['grade', { grade: 'Z' }, 'missing'],
])('the field %s of %o is %s', (field, typed, fault) => {
  expect(faultsOf(publicationOf({ ...TYPED, ...typed }, 2))).toEqual({ [field]: fault })
})

test('what a loan costs adds up to the cent', () => {
  const { instalmentMinor, interestMinor, totalMinor, rows } = costOf(2_800_000, 140_700, 60)
  // The first row of LendingClub's public data.
  expect(instalmentMinor).toBe(65_253)
  expect(rows.at(-1)?.leftMinor).toBe(0)
  expect(rows.reduce((sum, row) => sum + row.principalMinor, 0)).toBe(2_800_000)
  expect(rows.reduce((sum, row) => sum + row.interestMinor, 0)).toBe(interestMinor)
  expect(totalMinor).toBe(2_800_000 + interestMinor)
})
