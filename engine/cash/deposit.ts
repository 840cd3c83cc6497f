import type { Deposit } from '../../schema/index.ts'
import type { Account } from './account.ts'
import { deposit as depositCash } from './cash.ts'
import type { State } from '../state.ts'
import type { Outcome } from '../outcome.ts'

/** The cash of the whole market stays a safe integer, so that no balance in it, however loans move
 *  it, can ever leave the range of exact arithmetic. */
export function deposit(state: State, account: Account, command: Deposit): Outcome {
  const { amountMinor } = command
  if (amountMinor > Number.MAX_SAFE_INTEGER - state.cash.depositedMinor) return 'balance-too-large'
  depositCash(state, account, amountMinor)
  return [{ kind: 'Deposited', accountId: account.accountId, amountMinor }]
}
