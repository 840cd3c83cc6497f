/** What happens to loans. */
import {
  account,
  added,
  claimOrNone,
  count,
  fills,
  listing,
  minorUnits,
  rate,
} from '../declare/field.ts'
import { event } from '../declare/message.ts'

export const LOAN_DISBURSED = event('LoanDisbursed', {
  number: 7,
  about: 'What was held for the fills goes to the borrower; each fill becomes a claim on the loan.',
  fields: {
    listingId: listing('The listing, whose id the loan keeps.'),
    borrowerId: account('The borrower.'),
    amountMinor: minorUnits('The principal.'),
    ratePpm: rate('The rate of the loan.'),
    termMonths: count('Months to repay in.'),
    fills: fills('The winning bids.'),
    firstClaimId: added(
      5,
      claimOrNone(
        'The claim of the first fill, the others follow in their order; 0: each has the id of its bid.',
      ),
      () => 0 as const,
    ),
  },
})
