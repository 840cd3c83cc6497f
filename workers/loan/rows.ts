import type { RowChanges } from '../settlement/projection.ts'

export const LOAN_ROWS: RowChanges<'LoanDisbursed'> = {
  LoanDisbursed({ listingId, borrowerId, amountMinor, ratePpm, termMonths }, { batch, atMs }) {
    batch.loans.push({
      loan_id: listingId,
      borrower_id: borrowerId,
      principal_minor: amountMinor,
      rate_ppm: ratePpm,
      term_months: termMonths,
      disbursed_at: atMs,
    })
    batch.addJob('build-schedule', { loanId: listingId })
  },
}
