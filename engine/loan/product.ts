/** How loans are repaid. One product so far; what another differs in is data here, never a branch elsewhere. */
import type { LoanTerms, RepaymentSchedule } from './arithmetic/schedule.ts'
import { scheduleOf } from './arithmetic/schedule.ts'

/** Equal instalments, rounded up as LendingClub does: that meets 7,998 of 8,000 of its instalments to the cent (the other
 *  two are loans whose terms it had modified to 6 %), half up only 3,976. */
export const ANNUITY_LOAN = {
  method: 'annuity',
  rounding: 'up',
  unitMinor: 1,
  dayCount: '30/360',
} as const satisfies Partial<LoanTerms>

/** @param loan its principal, rate and months, and the day from which interest runs */
export function annuityOf(
  loan: Pick<LoanTerms, 'principalMinor' | 'ratePpm' | 'termMonths' | 'valueDay'>,
): RepaymentSchedule {
  return scheduleOf({ ...ANNUITY_LOAN, ...loan })
}
