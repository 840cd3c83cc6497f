/** What money earns: the yearly rate at which payments of different days are worth nothing together. Computed over
 *  integers, like everything here: a discount of one day in fixed point, halved down to it.
 *
 *  The rate is effective and counts days of years of 365, as the spreadsheet's XIRR and the EU's annual percentage rate
 *  (Directive 2008/48/EC, annex I) do: Σ cᵢ·(1+r)^(−dᵢ/365) = 0. */
import { assert } from '../../../schema/unit.ts'
import type { Day } from './calendar.ts'
import { divideHalfUp } from './rational.ts'

/** Seen by one person: what comes in is positive. */
export interface Flow {
  readonly day: Day
  readonly amountMinor: number
}

const DAYS_A_YEAR = 365
const PPM = 1_000_000n
/** The fixed point: a day's discount to 24 digits, of which the days of a long life of a loan take five. */
const ONE = 10n ** 24n
/** (1+r)^(−1/365) for r = 100,000 % and for r = −99.99 %: what is beyond is told as null. */
const DISCOUNT_MIN = (ONE * 981n) / 1_000n
const DISCOUNT_MAX = (ONE * 1_026n) / 1_000n

/** The effective yearly rate in ppm, rounded half up; null when no rate is within bounds, as when nothing comes back.
 *  What is paid out must come before what comes in, or the other way round: then there is one rate at most. */
export function yieldPpm(flows: readonly Flow[]): number | null {
  const sorted = flows
    .filter(({ amountMinor }) => amountMinor !== 0)
    .toSorted((a, b) => a.day - b.day)
  const [first] = sorted
  const last = sorted.at(-1)
  if (first === undefined || last === undefined || first.day === last.day) return null
  const turns = sorted.filter(
    ({ amountMinor }, at) => at > 0 && amountMinor > 0 !== (sorted[at - 1]?.amountMinor ?? 0) > 0,
  )
  assert(turns.length <= 1, 'money goes one way first and then the other')
  if (turns.length === 0) return null
  const sign = first.amountMinor < 0 ? 1n : -1n
  const worth = (discount: bigint): bigint => sign * worthOf(sorted, discount)
  // The larger the discount factor the more is what comes later worth.
  let [low, high] = [DISCOUNT_MIN, DISCOUNT_MAX]
  if (worth(low) > 0n || worth(high) < 0n) return null
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (worth(middle) < 0n) low = middle
    else high = middle
  }
  const year = power(high, DAYS_A_YEAR)
  return Number(divideHalfUp((ONE - year) * PPM, year))
}

/** What a buyer earns who pays `priceMinor` on a day for payments to come. Null: see `yieldPpm`. */
export function yieldAtPricePpm(
  priceMinor: number,
  day: Day,
  payments: readonly Flow[],
): number | null {
  return yieldPpm([{ day, amountMinor: -priceMinor }, ...payments])
}

/** What a loan costs its borrower in a year, fees included: of `receivedMinor` that came on a day, and of what is paid.
 *  Null: see `yieldPpm`. */
export function annualPercentageRatePpm(
  receivedMinor: number,
  day: Day,
  payments: readonly Flow[],
): number | null {
  const paid = payments.map((payment) => ({ ...payment, amountMinor: -payment.amountMinor }))
  return yieldPpm([{ day, amountMinor: receivedMinor }, ...paid])
}

/** Of all flows on the day of the first, in fixed point. */
function worthOf(flows: readonly Flow[], discount: bigint): bigint {
  let worth = 0n
  let factor = ONE
  let day = flows[0]?.day ?? 0
  for (const flow of flows) {
    factor = (factor * power(discount, flow.day - day)) / ONE
    day = flow.day
    worth += BigInt(flow.amountMinor) * factor
  }
  return worth
}

function power(factor: bigint, times: number): bigint {
  let [result, square] = [ONE, factor]
  for (let left = times; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * square) / ONE
    square = (square * square) / ONE
  }
  return result
}
