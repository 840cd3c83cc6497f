/** What a loan costs its borrower, by the engine's own schedule. */
import { dayAt } from '../../../engine/loan/arithmetic/calendar.ts'
import { annuityOf } from '../../../engine/loan/product.ts'
import { OPEN_LISTING } from '../../../schema/market/command.ts'
import { boundsOf } from '../../data/rules.ts'

export const BOUNDS = {
  amount: boundsOf(OPEN_LISTING.body.amountMinor),
  rate: boundsOf(OPEN_LISTING.body.ratePpm),
  term: boundsOf(OPEN_LISTING.body.termMonths),
} as const

export interface Cost {
  readonly instalmentMinor: number
  readonly interestMinor: number
  readonly totalMinor: number
  readonly rows: readonly {
    readonly number: number
    readonly principalMinor: number
    readonly interestMinor: number
    readonly leftMinor: number
  }[]
}

/** @param ratePpm of a year */
export function costOf(amountMinor: number, ratePpm: number, termMonths: number): Cost {
  const { instalmentMinor, instalments } = annuityOf({
    principalMinor: amountMinor,
    ratePpm,
    termMonths,
    valueDay: dayAt(Date.now()),
  })
  let leftMinor = amountMinor
  let interestMinor = 0
  const rows = instalments.map((row, place) => {
    leftMinor -= row.principalMinor
    interestMinor += row.interestMinor
    const { principalMinor } = row
    return { number: place + 1, principalMinor, interestMinor: row.interestMinor, leftMinor }
  })
  return { instalmentMinor, interestMinor, totalMinor: amountMinor + interestMinor, rows }
}
