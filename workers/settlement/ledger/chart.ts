/** The chart of accounts as settlement posts to it; the same rows as ledger_chart in the migration. */

import type { RowOf } from '../../../schema/declare/table.ts'
import type { TABLES } from '../../../schema/table.ts'

/** Asset: the cash that lies in the bank for all clients together. Owner 0. */
export const POOL = 1001
/** Owed to an account, free to be used. */
export const AVAILABLE = 2001
/** Owed to an account, held for its open bids. */
export const HELD = 2002
/** Owed to a listing's borrower between collection and disbursement. Owner is the listing. */
export const COLLECTED = 2101
/** What a claim has still to receive of the principal. */
export const CLAIM = 3001
/** What a loan (its listing) has still to repay of the principal. */
export const LOAN = 3002

export type ChartCode =
  typeof POOL | typeof AVAILABLE | typeof HELD | typeof COLLECTED | typeof CLAIM | typeof LOAN

/** As the database's own chart has them. */
export const CHART: readonly RowOf<typeof TABLES.ledger_chart>[] = [
  { code: POOL, name: 'bank: pool', ledger: 'custody', normal: 'debit' },
  { code: AVAILABLE, name: 'account: available', ledger: 'custody', normal: 'credit' },
  { code: HELD, name: 'account: held', ledger: 'custody', normal: 'credit' },
  { code: COLLECTED, name: 'listing: collected', ledger: 'custody', normal: 'credit' },
  { code: CLAIM, name: 'claim: principal', ledger: 'claims', normal: 'debit' },
  { code: LOAN, name: 'loan: principal', ledger: 'claims', normal: 'credit' },
]

/** The owner of what belongs to the market itself. */
export const MARKET_OWNER = 0
