/** What a bid earns: its share of the loan's own schedule, in whole minor units, rounded down. */
export interface LoanSchedule {
  readonly instalmentMinor: number
  readonly instalments: readonly { readonly interestMinor: number }[]
}

export interface Share {
  readonly instalmentMinor: number
  readonly firstYearInterestMinor: number
  readonly wholeInterestMinor: number
}

const MONTHS_A_YEAR = 12

/** @param partMinor of the loan's `principalMinor`, both above zero */
export function shareOf(schedule: LoanSchedule, principalMinor: number, partMinor: number): Share {
  const interest = (count: number): number =>
    schedule.instalments.slice(0, count).reduce((sum, row) => sum + row.interestMinor, 0)
  const part = (minor: number): number =>
    Number((BigInt(minor) * BigInt(partMinor)) / BigInt(principalMinor))
  return {
    instalmentMinor: part(schedule.instalmentMinor),
    firstYearInterestMinor: part(interest(MONTHS_A_YEAR)),
    wholeInterestMinor: part(interest(schedule.instalments.length)),
  }
}
