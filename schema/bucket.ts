/** The budgets of requests: what pays for what. How large each is stands in schema/limit.ts.
 *  Without zod: the client is typed by it. */
export const BUCKETS = {
  bids: 'Bids and changed bids of one account.',
  cancels: 'Cancels of one account, apart: whoever has run out of bids can still get out.',
  queries: 'Queries of one account.',
  commands: 'Deposits and listings, by operators and their programs.',
  anonymous: 'Queries of one network address that is not signed in.',
  registrations: 'New persons from one network address: each costs a password hash.',
} as const
export type BucketName = keyof typeof BUCKETS
export const BUCKET_NAMES = Object.keys(BUCKETS) as readonly BucketName[]

/** Those that pay for commands. */
export type CommandBucket = 'bids' | 'cancels' | 'commands'
/** What a route or an operation is paid from. `queries` means those of whoever asks: the account's, or the
 *  address's while nobody is signed in; `registrations` are paid in addition to that. */
export type PaidFrom = CommandBucket | 'queries' | 'registrations'
