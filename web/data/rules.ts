/** What the contract lets a caller say, for the forms that say it: the same declarations that the gateway checks
 *  by, without the validators made from them. */
import type { Field } from '../../schema/declare/field.ts'

export interface Bounds {
  readonly min: number
  readonly max: number
}

/** The least and the most of a number that may be asked for. @throws for a field without bounds */
export function boundsOf(field: Field<number>): Bounds {
  if (field.asked === null) throw new Error(`a ${field.kind} is not asked for in numbers`)
  return field.asked
}

export type BoundsFault = 'missing' | 'least' | 'most'

/** null: it may be said. */
export function faultWithin(value: number | null, { min, max }: Bounds): BoundsFault | null {
  if (value === null) return 'missing'
  if (value < min) return 'least'
  return value > max ? 'most' : null
}
