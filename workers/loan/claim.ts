/** How the claims on a loan follow from its disbursement. */
import type { LoanDisbursed } from '../../schema/event.ts'
import { assert } from '../../schema/unit.ts'

/** The claim of a fill. Before version 5 a claim had the id of its bid. @param place of the fill, from 0 */
export function claimIdOf({ firstClaimId, fills }: LoanDisbursed, place: number): number {
  const fill = fills[place]
  assert(fill !== undefined, 'a claim is of a fill')
  return firstClaimId === 0 ? fill.bidId : firstClaimId + place
}
