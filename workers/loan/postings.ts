import type { Fill, LoanDisbursed } from '../../schema/event.ts'
import { AVAILABLE, CLAIM, COLLECTED, HELD, LOAN } from '../settlement/ledger/chart.ts'
import { transfer } from '../settlement/ledger/transfer.ts'
import type { Postings, Transfer } from '../settlement/ledger/transfer.ts'
import { claimIdOf } from './claim.ts'

export const LOAN_POSTINGS: Postings<'LoanDisbursed'> = {
  LoanDisbursed: (event) => [
    ...event.fills.flatMap((fill, place) => buyClaim(event, fill, claimIdOf(event, place))),
    transfer(COLLECTED, event.listingId, AVAILABLE, event.borrowerId, event.amountMinor),
  ],
}

/** The lender's cash goes to the listing, and the lender holds a claim on the loan instead. */
function buyClaim(loan: LoanDisbursed, fill: Fill, claimId: number): Transfer[] {
  return [
    transfer(HELD, fill.accountId, COLLECTED, loan.listingId, fill.amountMinor),
    transfer(CLAIM, claimId, LOAN, loan.listingId, fill.amountMinor),
  ]
}
