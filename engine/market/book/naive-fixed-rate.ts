import type { RatePpm } from '../../../schema/index.ts'
import { NaiveFirstComeBook } from './naive-first-come.ts'

export class NaiveFixedRateBook extends NaiveFirstComeBook {
  clearingRatePpm(): RatePpm {
    return this.terms.ratePpm
  }
}
