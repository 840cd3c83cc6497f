/** What a grade has meant: loans that LendingClub issued from January to March 2018, as they stood after three to
 *  five instalments. Counted from the first 8,000 rows of `loans_full_schema` of the R package openintro (GPL-3; LendingClub's public
 *  statistics). `late`: more than 15 days overdue, or charged off. F and G had 54 loans together and are one row.
 *
 *  `lossPpm` is a year's loss on the principal outstanding if all that is late is lost and it goes on as fast: principal of the late
 *  loans ÷ Σ (mean balance × months on the books) × 12. Young loans: over a whole term more of them fail. */
import type { Grade } from '../../data/vocabulary.ts'

export interface GradeFacts {
  readonly loans: number
  readonly late: number
  readonly lossPpm: number
  /** Medians: a year's income in dollars, and a month's debts as a share of a month's income. */
  readonly incomeDollars: number
  readonly debtToIncomePpm: number
  /** Who own their home or pay it off. */
  readonly ownersPercent: number
}

const FG: GradeFacts = facts(54, 6, 358_100, 69_064, 239_700, 63)

export const GRADE_FACTS: Readonly<Record<Grade, GradeFacts>> = {
  A: facts(1_992, 9, 19_200, 72_000, 151_900, 65),
  B: facts(2_394, 18, 21_300, 67_000, 165_400, 63),
  C: facts(2_141, 29, 44_400, 64_000, 188_600, 59),
  D: facts(1_151, 26, 65_800, 60_000, 207_200, 54),
  E: facts(268, 8, 93_400, 56_945, 236_000, 55),
  F: FG,
  G: FG,
}

/** A year's interest less what such loans have lost a year; may be below zero. Lenders pay no fee. */
export function afterLossesPpm(grade: Grade, ratePpm: number): number {
  return ratePpm - GRADE_FACTS[grade].lossPpm
}

function facts(
  loans: number,
  late: number,
  lossPpm: number,
  incomeDollars: number,
  debtToIncomePpm: number,
  ownersPercent: number,
): GradeFacts {
  return { loans, late, lossPpm, incomeDollars, debtToIncomePpm, ownersPercent }
}
