/** What a borrower has to pay and when: four ways to repay, exact to the minor unit.
 *
 *  With P the principal, a the yearly rate in ppm, d₁…dₙ the periods in parts of which D make the year and
 *  b = 1,000,000·D, the interest of a period is the balance times a·dₖ/b, rounded half up.
 *
 *  - annuity (等额本息): the same amount in every period, so that it is worth P: for equal periods the textbook's
 *    P·i(1+i)ⁿ/((1+i)ⁿ−1). Rounded as the product says; the last takes what is left.
 *  - equal principal (等额本金): the principal in n parts, as even as whole units are.
 *  - interest only (先息后本): interest in every period, the principal with the last one. The interest of all periods
 *    together is rounded once, so that it sums to what it is.
 *  - bullet (一次性还本付息): everything on the last day. */
import { assert } from '../../../schema/unit.ts'
import type { Day } from './calendar.ts'
import type { DayCount } from './day-count.ts'
import { growthBase, periodsOf } from './periods.ts'
import type { Period } from './periods.ts'
import { divideHalfUp, divideRounded } from './rational.ts'
import type { Rounding } from './rational.ts'

export const REPAYMENT_METHODS = ['annuity', 'equal-principal', 'interest-only', 'bullet'] as const
export type RepaymentMethod = (typeof REPAYMENT_METHODS)[number]

export interface LoanTerms {
  readonly principalMinor: number
  /** Of a year. */
  readonly ratePpm: number
  readonly termMonths: number
  readonly method: RepaymentMethod
  readonly rounding: Rounding
  /** What an instalment is a multiple of: 1, or the smallest coin that a product pays in. */
  readonly unitMinor: number
  readonly dayCount: DayCount
  readonly valueDay: Day
  readonly firstDueDay?: Day
}

export interface Instalment {
  /** From 1. */
  readonly number: number
  readonly dueDay: Day
  readonly principalMinor: number
  readonly interestMinor: number
}

export interface RepaymentSchedule {
  /** What is due in every period of an annuity but the last, unless the interest of a long one alone is more; of
   *  other methods what is due first. */
  readonly instalmentMinor: number
  /** As many as the term has months, or fewer: an instalment that was rounded up may repay all before the end, and
   *  then nothing is due any more. A bullet has one. */
  readonly instalments: readonly Instalment[]
}

/** Money and rates as safe integers, months counted. Asserts that the principal is repaid to the unit. */
export function scheduleOf(terms: LoanTerms): RepaymentSchedule {
  const { principalMinor, ratePpm, unitMinor } = terms
  assert(Number.isSafeInteger(principalMinor) && principalMinor > 0, 'a loan is of something')
  assert(Number.isSafeInteger(ratePpm) && ratePpm >= 0, 'a rate is not negative')
  assert(Number.isSafeInteger(unitMinor) && unitMinor > 0, 'there is a smallest coin')
  const schedule = METHODS[terms.method](terms, periodsOf(terms))
  const { instalments } = schedule
  const repaidMinor = instalments.reduce((sum, row) => sum + row.principalMinor, 0)
  assert(repaidMinor === principalMinor, 'the principal is repaid in full')
  assert(
    instalments.every((row) => row.principalMinor >= 0 && row.interestMinor >= 0),
    'nothing is due to the borrower',
  )
  return schedule
}

type Method = (terms: LoanTerms, periods: readonly Period[]) => RepaymentSchedule

const METHODS: Readonly<Record<RepaymentMethod, Method>> = {
  annuity(terms, periods) {
    const instalment = levelInstalment(terms, periods)
    const instalments = repay(terms, periods, (_period, interest) =>
      interest < instalment ? instalment - interest : 0n,
    )
    return { instalmentMinor: Number(instalment), instalments }
  },
  'equal-principal'(terms, periods) {
    const principal = BigInt(terms.principalMinor)
    const count = BigInt(periods.length)
    const instalments = repay(terms, periods, ({ number }) => {
      const to = BigInt(number)
      return (principal * to) / count - (principal * (to - 1n)) / count
    })
    return beginningWith(instalments)
  },
  'interest-only'(terms, periods) {
    const last = periods.length
    const interest = shares(terms, periods)
    const principal = BigInt(terms.principalMinor)
    return beginningWith(
      periods.map(({ number, dueDay }, at) =>
        instalment(number, dueDay, number === last ? principal : 0n, interest[at] ?? 0n),
      ),
    )
  },
  bullet(terms, periods) {
    const interest = shares(terms, periods).reduce((sum, share) => sum + share, 0n)
    const dueDay = periods.at(-1)?.dueDay ?? terms.valueDay
    return beginningWith([instalment(1, dueDay, BigInt(terms.principalMinor), interest)])
  },
}

function beginningWith(instalments: readonly Instalment[]): RepaymentSchedule {
  const [first] = instalments
  assert(first !== undefined, 'a loan is repaid')
  return { instalmentMinor: first.principalMinor + first.interestMinor, instalments }
}

/** Period by period: the interest of the balance, then as much of the principal as `principalIn` says, and all that is
 *  left with the last. Ends where nothing is left. */
function repay(
  terms: LoanTerms,
  periods: readonly Period[],
  principalIn: (period: Period, interest: bigint) => bigint,
): readonly Instalment[] {
  const rate = BigInt(terms.ratePpm)
  const base = growthBase(terms.dayCount)
  const rows: Instalment[] = []
  let balance = BigInt(terms.principalMinor)
  for (const period of periods) {
    const interest = divideHalfUp(balance * rate * period.parts, base)
    const wanted = period.number === periods.length ? balance : principalIn(period, interest)
    const principal = wanted < balance ? wanted : balance
    balance -= principal
    rows.push(instalment(period.number, period.dueDay, principal, interest))
    if (balance === 0n) break
  }
  return rows
}

/** A = P·Πgᵢ / Σₖ Π_{i>k} gᵢ with gᵢ = 1 + a·dᵢ/b, over one denominator, rounded once. */
function levelInstalment(terms: LoanTerms, periods: readonly Period[]): bigint {
  const { rounding } = terms
  const [principal, unit] = [BigInt(terms.principalMinor), BigInt(terms.unitMinor)]
  const rate = BigInt(terms.ratePpm)
  if (rate === 0n) return divideRounded(principal, BigInt(periods.length), rounding, unit)
  const base = growthBase(terms.dayCount)
  // After k periods: what a unit lent became, over bᵏ; what a unit paid in each came to, over bᵏ⁻¹; and bᵏ.
  let [lent, paid, scale] = [1n, 0n, 1n]
  for (const { parts } of periods) {
    const growth = base + rate * parts
    paid = paid * growth + scale
    lent *= growth
    scale *= base
  }
  return divideRounded(principal * lent, paid * base, rounding, unit)
}

/** Interest on the whole principal, what each period adds to the rounded sum so far. */
function shares(terms: LoanTerms, periods: readonly Period[]): readonly bigint[] {
  const yearly = BigInt(terms.principalMinor) * BigInt(terms.ratePpm)
  const base = growthBase(terms.dayCount)
  let parts = 0n
  let before = 0n
  return periods.map((period) => {
    parts += period.parts
    const soFar = divideHalfUp(yearly * parts, base)
    const share = soFar - before
    before = soFar
    return share
  })
}

function instalment(number: number, dueDay: Day, principal: bigint, interest: bigint): Instalment {
  return {
    number,
    dueDay,
    principalMinor: Number(principal),
    interestMinor: Number(interest),
  }
}
