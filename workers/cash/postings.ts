import { AVAILABLE, MARKET_OWNER, POOL } from '../settlement/ledger/chart.ts'
import { transfer } from '../settlement/ledger/transfer.ts'
import type { Postings } from '../settlement/ledger/transfer.ts'

export const CASH_POSTINGS: Postings<'Deposited'> = {
  Deposited: ({ accountId, amountMinor }) => [
    transfer(POOL, MARKET_OWNER, AVAILABLE, accountId, amountMinor),
  ],
}
