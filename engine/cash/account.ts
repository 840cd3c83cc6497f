import type { AccountId } from '../../schema/index.ts'

/** One account's cash, and the two ends of its ring of remembered keys (see key-memory.ts).
 *
 *  Invariant: neither amount is ever negative, and `heldMinor` equals `biddenMinor`: the first is
 *  moved by the cash functions, the second by the bids, so that each proves the other. */
export interface Account {
  readonly accountId: AccountId
  /** Its place among the accounts, by their first command. */
  readonly order: number
  availableMinor: number
  heldMinor: number
  /** What the account's open bids sum to, over all books. */
  biddenMinor: number
  keyCount: number
  oldestKey: number
  newestKey: number
  /** The newest time of a key that was let go: an unknown key up to it may have been used. */
  forgottenMs: number
}

export function newAccount(accountId: AccountId, order: number): Account {
  return {
    accountId,
    order,
    availableMinor: 0,
    heldMinor: 0,
    biddenMinor: 0,
    keyCount: 0,
    oldestKey: 0,
    newestKey: 0,
    forgottenMs: 0,
  }
}
