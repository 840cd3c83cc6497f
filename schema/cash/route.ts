/** Cash over HTTP. */
import { z } from 'zod'
import { minorUnits, position } from '../declare/field.ts'
import { commandRoute, route } from '../declare/route.ts'
import { said, saidShape } from '../declare/shape.ts'
import type { Said } from '../declare/shape.ts'
import { CASH_OPERATIONS } from './operation.ts'
import { CASH_FIELDS } from './row.ts'

const cashAnswer = z.strictObject({
  sequence: said(position('The answer is as of this sequence.')),
  ...saidShape(CASH_FIELDS),
  investedMinor: said(
    minorUnits("Principal of the loans that this account's bids have won, as settled."),
  ),
})
export type CashAnswer = Said<typeof cashAnswer>

export const CASH_ROUTES = {
  'GET /v1/cash': route({
    access: 'own.read',
    paidFrom: 'queries',
    name: 'cash.get',
    about: "One's own cash, as of this moment.",
    reply: cashAnswer,
  }),
  'POST /v1/deposits': commandRoute('cash.deposit', CASH_OPERATIONS['cash.deposit']),
} as const
