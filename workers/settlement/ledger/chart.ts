/** The chart of accounts as settlement posts to it; the same rows as ledger_chart in the migration. */

/** Asset: the cash that lies in the bank for all clients together. Owner 0. */
export const POOL = 1001
/** Owed to an account, free to be used. */
export const AVAILABLE = 2001
/** Owed to an account, held for its open bids. */
export const HELD = 2002
/** Owed to a listing's borrower between collection and disbursement. Owner is the listing. */
export const COLLECTED = 2101
/** What a claim (its bid) has still to receive of the principal. */
export const CLAIM = 3001
/** What a loan (its listing) has still to repay of the principal. */
export const LOAN = 3002

export type ChartCode =
  typeof POOL | typeof AVAILABLE | typeof HELD | typeof COLLECTED | typeof CLAIM | typeof LOAN

/** The owner of what belongs to the market itself. */
export const MARKET_OWNER = 0
