/** What can be asked of cash by itself. */
import { minorUnits } from '../declare/field.ts'
import { command } from '../declare/message.ts'
import { DEPOSITED } from './event.ts'

export const DEPOSIT = command('Deposit', {
  number: 1,
  about:
    'Cash has arrived for the account. Sent by who speaks with the bank, never by the account itself.',
  body: { amountMinor: minorUnits('How much.') },
  answer: DEPOSITED,
})
