import { market } from '../../data/feed/connection.ts'
import { marketStore } from '../../data/feed/index.ts'
import type { ListingId } from '../../data/vocabulary.ts'
import { format } from '../../i18n/index.ts'
import { t } from '../words/index.ts'
import { useCommand } from '../../data/command.ts'

interface WithdrawForm {
  readonly borrowerId: number
  readonly listingId: number
}

/** For the setup of one dialog. A withdrawal that is answered again says the same: it is done once. */
export function useWithdrawListing() {
  return useCommand<WithdrawForm>({
    send: (form) => market().withdrawListing(form),
    accepted: (reply) => {
      const { withdraw, unit } = t.value
      if (reply === null) return withdraw.done
      const { answer } = reply
      if (answer.kind !== 'ListingWithdrawn' || answer.bidCount === 0) return withdraw.noneReleased
      const { bidCount, releasedMinor } = answer
      const bids = unit.bids(bidCount, format.value.count(bidCount))
      return withdraw.released(format.value.money(releasedMinor), bids)
    },
    unanswered: () => t.value.withdraw.unanswered,
    isSeen: ({ listingId }) => marketStore.row(listingId as ListingId)?.status === 'withdrawn',
  })
}
