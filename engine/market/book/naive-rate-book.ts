import type { RatePpm } from '../../../schema/index.ts'
import { NaiveFirstComeBook } from './naive-first-come.ts'
import { averageRatePpm } from './naive-ranked.ts'

export class NaiveRateBook extends NaiveFirstComeBook {
  clearingRatePpm(): RatePpm {
    return averageRatePpm(this.all, this.terms.ratePpm)
  }
}
