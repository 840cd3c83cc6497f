/** The budgets of requests: what pays for what. How large each is stands in schema/limit.ts.
 *  A household shares one network: an address of version 4, the first half of one of version 6.
 *  Without zod: the client is typed by it. */
export const BUCKETS = {
  bids: 'Bids and changed bids of one account.',
  cancels: 'Cancels of one account, apart: whoever has run out of bids can still get out.',
  queries: 'Queries of one account.',
  commands: 'Deposits and listings, by operators and their programs.',
  messages: 'All messages of one account, by their size, before they are read.',
  anonymous: 'All messages and queries of one network that is not signed in.',
  registrations: 'New persons from one network: each costs a password hash.',
  tokens: 'Tokens of one network that turn out to be nobody’s: each is looked up.',
  connections: 'Connections that one network opens.',
} as const
export type BucketName = keyof typeof BUCKETS
export const BUCKET_NAMES = Object.keys(BUCKETS) as readonly BucketName[]

/** Those that pay for commands. */
export type CommandBucket = 'bids' | 'cancels' | 'commands'
/** What a route or an operation is paid from. `queries` means those of whoever asks: the account's, or the
 *  address's while nobody is signed in; `registrations` are paid in addition to that. */
export type PaidFrom = CommandBucket | 'queries' | 'registrations'
