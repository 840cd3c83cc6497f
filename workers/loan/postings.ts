import type { Fill, LoanDisbursed } from '../../schema/event.ts'
import { AVAILABLE, CLAIM, COLLECTED, HELD, LOAN } from '../settlement/ledger/chart.ts'
import { transfer } from '../settlement/ledger/transfer.ts'
import type { Postings, Transfer } from '../settlement/ledger/transfer.ts'

export const LOAN_POSTINGS: Postings<'LoanDisbursed'> = {
  LoanDisbursed: (event) => [
    ...event.fills.flatMap((fill) => buyClaim(event, fill)),
    transfer(COLLECTED, event.listingId, AVAILABLE, event.borrowerId, event.amountMinor),
  ],
}

/** The lender's cash goes to the listing, and the lender holds a claim on the loan instead. */
function buyClaim(loan: LoanDisbursed, fill: Fill): Transfer[] {
  return [
    transfer(HELD, fill.accountId, COLLECTED, loan.listingId, fill.amountMinor),
    transfer(CLAIM, fill.bidId, LOAN, loan.listingId, fill.amountMinor),
  ]
}
