/** Real loans for the demo market; see README.md for where they come from. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { packageAsset } from '../../engine/host/index.ts'
import { GRADES, minor, PURPOSES, ratePpm } from '../../schema/index.ts'
import type { Grade, Minor, Purpose, RatePpm } from '../../schema/index.ts'

export interface Loan {
  readonly amountMinor: Minor
  readonly ratePpm: RatePpm
  readonly termMonths: number
  readonly grade: Grade
  readonly purpose: Purpose
}

const HEADER = 'amount_usd,rate_percent,term_months,grade,purpose'
const CENTS_PER_DOLLAR = 100
const PPM_PER_HUNDREDTH_OF_A_PERCENT = 100

const rowSchema = z.tuple([
  z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform((dollars) => minor(Number(dollars) * CENTS_PER_DOLLAR)),
  z
    .string()
    .regex(/^\d{1,2}(\.\d{1,2})?$/)
    .transform((percent) => ratePpm(hundredths(percent) * PPM_PER_HUNDREDTH_OF_A_PERCENT)),
  z
    .string()
    .regex(/^(36|60)$/)
    .transform(Number),
  z.enum(GRADES),
  z.enum(PURPOSES),
])

/** Throws, naming the line, when the text is not exactly what it should be. */
export function parseLoans(text: string): readonly Loan[] {
  const [header, ...lines] = text.trimEnd().split('\n')
  if (header !== HEADER) throw new Error(`the loans must begin with the line ${HEADER}`)
  return lines.map((line, index) => {
    const row = rowSchema.safeParse(line.split(','))
    if (!row.success) throw new Error(`line ${index + 2} is not a loan: ${line}`)
    const [amountMinor, rate, termMonths, grade, purpose] = row.data
    return { amountMinor, ratePpm: rate, termMonths, grade, purpose }
  })
}

export function readLoans(): readonly Loan[] {
  return parseLoans(readFileSync(packageAsset(import.meta.url, 'lendingclub-loans.csv'), 'utf8'))
}

/** '14.07' → 1407, by digits: a product of decimals would not be exact. */
function hundredths(decimal: string): number {
  const [whole = '', fraction = ''] = decimal.split('.')
  return Number(whole + fraction.padEnd(2, '0'))
}
