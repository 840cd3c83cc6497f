/** Fixed rate, first come first served: every bid earns the listing's rate. */
import type { RatePpm } from '../../../schema/index.ts'
import { FirstComeBook } from './first-come.ts'

export class FixedRateBook extends FirstComeBook {
  clearingRatePpm(): RatePpm {
    return this.terms.ratePpm
  }
}
