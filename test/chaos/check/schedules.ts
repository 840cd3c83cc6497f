/** Every listing that was filled is a loan, and every loan has one schedule that pays it back exactly,
 *  however often its job ran. */
import type { Evidence } from '../evidence.ts'
import type { Findings } from './violation.ts'

export function checkSchedules(evidence: Evidence, findings: Findings): void {
  const loans = new Map(evidence.loan.map((row) => [row.loan_id, row]))
  for (const { listing_id: listingId, status, amount_minor: amountMinor } of evidence.listing)
    findings.expect(
      (loans.get(listingId)?.principal_minor ?? 0) === (status === 'funded' ? amountMinor : 0),
      'schedule',
      () => `listing ${listingId} of ${amountMinor} is ${status}, its loan does not say so`,
    )
  const schedules = new Map(evidence.schedule.map((row) => [row.loan_id, row.schedules]))
  const instalments = new Map(evidence.instalment.map((row) => [row.loan_id, row.principal_minor]))
  for (const { loan_id: loanId, principal_minor: principalMinor } of evidence.loan) {
    findings.expect(
      schedules.get(loanId) === 1,
      'schedule',
      () => `loan ${loanId} has ${schedules.get(loanId) ?? 0} schedules`,
    )
    findings.expect(
      instalments.get(loanId) === principalMinor,
      'schedule',
      () => `loan ${loanId} of ${principalMinor} pays back ${instalments.get(loanId)}`,
    )
  }
}
