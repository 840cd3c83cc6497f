/** A listing as it is typed at the desk, judged by the contract's own declaration of what may be asked. */
import { OPEN_LISTING } from '../../../schema/market/command.ts'
import { misfitOf, PURPOSES } from '../../../schema/market/terms.ts'
import { boundsOf, faultWithin } from '../../data/rules.ts'
import type { Bounds, BoundsFault } from '../../data/rules.ts'
import { FUNDING_MODES, GRADES } from '../../data/vocabulary.ts'
import type { FundingMode, Grade, Purpose } from '../../data/vocabulary.ts'
import { readCount, readMoney, readRate, valueOf } from '../../i18n/read-number.ts'

/** As typed. */
export type Typed = Record<
  'borrower' | 'purpose' | 'grade' | 'mode' | 'amount' | 'minBid' | 'rate' | 'term' | 'openMinutes',
  string
>

export const NOTHING_TYPED: Typed = {
  borrower: '',
  purpose: '',
  grade: '',
  mode: 'fixed-rate',
  amount: '',
  minBid: '25',
  rate: '',
  term: '36',
  openMinutes: '60',
}

export type FieldName = keyof Typed

export const STEPS = {
  borrower: ['borrower', 'purpose', 'grade'],
  terms: ['mode', 'amount', 'rate', 'term', 'minBid', 'openMinutes'],
} as const satisfies Record<string, readonly FieldName[]>
export type Step = keyof typeof STEPS

export const MINUTE_MS = 60_000
const SAFE: Bounds = { min: 1, max: Number.MAX_SAFE_INTEGER }
const { body } = OPEN_LISTING

export const BOUNDS = {
  borrower: SAFE,
  amount: boundsOf(body.amountMinor),
  minBid: boundsOf(body.minBidMinor),
  rate: boundsOf(body.ratePpm),
  term: boundsOf(body.termMonths),
  openMinutes: minutesOf(boundsOf(body.openMs)),
} as const
export type NumberName = keyof typeof BOUNDS

/** What the gateway is asked; null for what is missing or could not be read. */
export interface Publication {
  readonly borrowerId: number | null
  readonly purpose: Purpose | null
  readonly grade: Grade | null
  readonly mode: FundingMode | null
  readonly amountMinor: number | null
  readonly minBidMinor: number | null
  readonly ratePpm: number | null
  readonly termMonths: number | null
  readonly openMs: number | null
}

/** @param digits of the currency */
export function publicationOf(typed: Typed, digits: number): Publication {
  const minutes = valueOf(readCount(typed.openMinutes))
  return {
    borrowerId: valueOf(readCount(typed.borrower)),
    purpose: PURPOSES.find((one) => one === typed.purpose) ?? null,
    grade: GRADES.find((one) => one === typed.grade) ?? null,
    mode: FUNDING_MODES.find((one) => one === typed.mode) ?? null,
    amountMinor: valueOf(readMoney(typed.amount, digits)),
    minBidMinor: valueOf(readMoney(typed.minBid, digits)),
    ratePpm: valueOf(readRate(typed.rate)),
    termMonths: valueOf(readCount(typed.term)),
    openMs: minutes === null ? null : minutes * MINUTE_MS,
  }
}

export type PublicationFault = BoundsFault | 'misfit'

/** What is wrong, by field; nothing for what is right. */
export function faultsOf(asked: Publication): Partial<Record<FieldName, PublicationFault>> {
  const minutes = asked.openMs === null ? null : asked.openMs / MINUTE_MS
  const numbers: Record<NumberName, number | null> = {
    borrower: asked.borrowerId,
    amount: asked.amountMinor,
    minBid: asked.minBidMinor,
    rate: asked.ratePpm,
    term: asked.termMonths,
    openMinutes: minutes,
  }
  const faults: Partial<Record<FieldName, PublicationFault>> = {}
  for (const name of Object.keys(numbers) as NumberName[]) {
    const fault = faultWithin(numbers[name], BOUNDS[name])
    if (fault !== null) faults[name] = fault
  }
  for (const name of ['purpose', 'grade', 'mode'] as const)
    if (asked[name] === null) faults[name] = 'missing'
  const { amountMinor, minBidMinor } = asked
  const isWithin = faults.amount === undefined && faults.minBid === undefined
  if (isWithin && amountMinor !== null && minBidMinor !== null)
    if (misfitOf({ amountMinor, minBidMinor }) !== null) faults.minBid = 'misfit'
  return faults
}

function minutesOf({ min, max }: Bounds): Bounds {
  return { min: Math.ceil(min / MINUTE_MS), max: Math.floor(max / MINUTE_MS) }
}
