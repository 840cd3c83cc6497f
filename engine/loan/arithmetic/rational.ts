/** Exact division of whole numbers. Everything in this folder is computed over integers without a bound and rounded
 *  once, where a product says how. */

/** How an amount that does not come out even is made whole. */
export const ROUNDINGS = ['up', 'half-up'] as const
export type Rounding = (typeof ROUNDINGS)[number]

/** Both not negative, the divisor not 0. */
export function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor
}

/** Halves go away from zero; `dividend` may be negative. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const isNegative = dividend < 0n
  const size = (2n * (isNegative ? -dividend : dividend) + divisor) / (2n * divisor)
  return isNegative ? -size : size
}

/** @param unit what the result is a multiple of: 1 for minor units, 5 where no smaller coin exists */
export function divideRounded(
  dividend: bigint,
  divisor: bigint,
  rounding: Rounding,
  unit = 1n,
): bigint {
  const divide = rounding === 'up' ? divideUp : divideHalfUp
  return divide(dividend, divisor * unit) * unit
}
