/** What happens to cash by itself, in the view. */
import type { EventOf } from '../../schema/index.ts'
import type { MarketView } from '../feed/view.ts'

export const onCash = {
  Deposited({ accountId, amountMinor }: EventOf<'Deposited'>, view: MarketView): void {
    view.moveCash(accountId, amountMinor, 0)
  },
}
