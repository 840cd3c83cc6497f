/** The only functions that move cash: into the market, into a hold, out of it, to a borrower.
 *
 *  Each movement is a debit and a credit of the same amount. The totals of the whole market go
 *  along, so that after every command one comparison shows that nothing was made or lost. */
import { assert } from '../../schema/index.ts'
import type { Account } from './account.ts'
import { accountTerm } from '../digest/digest.ts'
import type { State } from '../state.ts'

/** Sums over all accounts. Kept below the largest safe integer, so that no balance can pass it. */
export interface CashTotals {
  /** All that was ever deposited. */
  depositedMinor: number
  availableMinor: number
  heldMinor: number
}

export function deposit(state: State, account: Account, amountMinor: number): void {
  state.cash.depositedMinor += amountMinor
  change(state, account, amountMinor, 0)
}

/** Sets cash aside for a bid. */
export function hold(state: State, account: Account, amountMinor: number): void {
  change(state, account, -amountMinor, amountMinor)
}

/** Gives back what was held. */
export function release(state: State, account: Account, amountMinor: number): void {
  change(state, account, amountMinor, -amountMinor)
}

/** Takes what was held away from a lender; what all lenders of a loan gave is then paid out. */
export function capture(state: State, account: Account, amountMinor: number): void {
  change(state, account, 0, -amountMinor)
}

export function payOut(state: State, borrower: Account, amountMinor: number): void {
  change(state, borrower, amountMinor, 0)
}

/** True after every command: all cash that came in is with someone. */
export function assertCashIsWhole(state: State): void {
  const { depositedMinor, availableMinor, heldMinor } = state.cash
  assert(availableMinor + heldMinor === depositedMinor, 'cash is neither made nor lost')
}

function change(state: State, account: Account, available: number, held: number): void {
  const { accountId } = account
  state.cut?.keepAccount(account)
  state.digest.remove(accountTerm(accountId, account.availableMinor, account.heldMinor))
  account.availableMinor += available
  account.heldMinor += held
  state.cash.availableMinor += available
  state.cash.heldMinor += held
  assert(account.availableMinor >= 0, 'available cash is never negative')
  assert(account.heldMinor >= 0, 'held cash is never negative')
  assert(account.availableMinor <= Number.MAX_SAFE_INTEGER, 'a balance is a safe integer')
  state.digest.add(accountTerm(accountId, account.availableMinor, account.heldMinor))
}
