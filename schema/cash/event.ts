/** What happens to cash by itself. */
import { account, minorUnits } from '../declare/field.ts'
import { event } from '../declare/message.ts'

export const DEPOSITED = event('Deposited', {
  number: 1,
  about: 'Cash has arrived for an account and is available.',
  fields: {
    accountId: account('Whose cash it is.'),
    amountMinor: minorUnits('How much.'),
  },
})
