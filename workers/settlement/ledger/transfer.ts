/** One debit and one credit of the same amount: debits equal credits by shape. */
import type { EventKind, EventOf } from '../../../schema/event.ts'
import { minor } from '../../../schema/unit.ts'
import type { Minor } from '../../../schema/unit.ts'
import { AVAILABLE, HELD } from './chart.ts'
import type { ChartCode } from './chart.ts'

export interface Transfer {
  readonly debitCode: ChartCode
  readonly debitOwner: number
  readonly creditCode: ChartCode
  readonly creditOwner: number
  /** Above zero. */
  readonly amountMinor: Minor
}

/** What events of some kinds do to the ledger, in the order the transfers are numbered. What an event
 *  moves is said by the event alone; nothing is looked up. */
export type Postings<Kind extends EventKind> = {
  readonly [Each in Kind]: (event: EventOf<Each>) => readonly Transfer[]
}

export const NO_TRANSFERS: readonly Transfer[] = []

export function transfer(
  debitCode: ChartCode,
  debitOwner: number,
  creditCode: ChartCode,
  creditOwner: number,
  amountMinor: number,
): Transfer {
  return { debitCode, debitOwner, creditCode, creditOwner, amountMinor: minor(amountMinor) }
}

export function hold(accountId: number, amountMinor: number): Transfer {
  return transfer(AVAILABLE, accountId, HELD, accountId, amountMinor)
}

export function release(accountId: number, amountMinor: number): Transfer {
  return transfer(HELD, accountId, AVAILABLE, accountId, amountMinor)
}
