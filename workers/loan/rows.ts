import { assert } from '../../schema/unit.ts'
import { closeListing } from '../market/rows.ts'
import type { RowChanges } from '../settlement/projection.ts'
import { claimIdOf } from './claim.ts'
import { earnsOwnRate } from '../../schema/market/terms.ts'

export const LOAN_ROWS: RowChanges<'LoanDisbursed'> = {
  LoanDisbursed(event, to) {
    const { listingId, borrowerId, amountMinor, ratePpm, termMonths, fills } = event
    const { mirror, batch, atMs } = to
    const { mode, ratePpm: clearingPpm } = mirror.listing(listingId)
    assert(clearingPpm === ratePpm, `loan ${listingId} has the rate at which its listing closed`)
    batch.loans.push({
      loan_id: listingId,
      borrower_id: borrowerId,
      principal_minor: amountMinor,
      rate_ppm: ratePpm,
      term_months: termMonths,
      disbursed_at: atMs,
    })
    for (const [place, fill] of fills.entries())
      batch.claims.add({
        claim_id: claimIdOf(event, place),
        loan_id: listingId,
        bid_id: fill.bidId,
        account_id: fill.accountId,
        principal_minor: fill.amountMinor,
        rate_ppm: earnsOwnRate(mode) ? mirror.bid(fill.bidId).ratePpm : ratePpm,
      })
    closeListing(listingId, fills, to, { status: 'funded', bids: 'won' })
    batch.addJob('build-schedule', { loanId: listingId })
  },
}
