/** What the records show of loans. */
import { z } from 'zod'
import type { Said } from '../declare/shape.ts'

const wholeMinor = z.int().min(0)

export const instalmentRow = z
  .strictObject({
    number: z.int().min(1).describe('1 for the first.'),
    dueOn: z.iso.date().describe('YYYY-MM-DD.'),
    principalMinor: wholeMinor.describe('What of it pays back.'),
    interestMinor: wholeMinor.describe('What of it is interest.'),
  })
  .meta({ id: 'InstalmentRow', description: 'One payment of a repayment schedule.' })
export type InstalmentRow = Said<typeof instalmentRow>
