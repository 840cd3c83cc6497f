/** What can be asked of cash over the WebSocket. */
import { commandOperation } from '../declare/operation.ts'
import { DEPOSIT } from './command.ts'

export const CASH_OPERATIONS = {
  // The key belongs to the account that the money is for: two operators cannot book it twice.
  'cash.deposit': commandOperation({
    access: 'cash.deposit',
    command: DEPOSIT,
    countsAs: 'commands',
    owner: 'accountId',
    ownerAbout: 'Whose cash it is.',
    hasDeadline: false,
  }),
} as const
