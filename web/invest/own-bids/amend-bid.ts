import { market } from '../../data/feed/connection.ts'
import { bidsStore } from '../../data/feed/index.ts'
import { format } from '../../i18n/index.ts'
import { t } from '../words/index.ts'
import type { CommandReply } from '../../data/vocabulary.ts'
import { useCommand } from '../../data/command.ts'

interface AmendForm {
  readonly bidId: number
  readonly amountMinor: number
  readonly ratePpm: number
}

/** For the setup of one form. */
export function useAmendBid() {
  return useCommand<AmendForm>({
    send: (form) => market().amendBid(form),
    accepted: (reply) => {
      const { amend } = t.value
      if (reply === null) return amend.done
      const { answer, isRepeated } = reply
      if (answer.kind !== 'BidAmended') return amend.done
      const words = [accepted(answer), moved(answer)]
      if (isRepeated) words.unshift(amend.repeated)
      return amend.inOrder(words)
    },
    unanswered: () => t.value.amend.unanswered,
    isSeen: ({ bidId, amountMinor, ratePpm }) =>
      bidsStore.bids.value.some(
        (bid) => bid.bidId === bidId && bid.amountMinor === amountMinor && bid.ratePpm === ratePpm,
      ),
  })
}

type BidAmended = Extract<CommandReply['answer'], { kind: 'BidAmended' }>

/** How the bid stands now. */
function accepted({ acceptedMinor, amountMinor, ratePpm }: BidAmended): string {
  const { money, rateExact } = format.value
  const { amend } = t.value
  return acceptedMinor < amountMinor
    ? amend.acceptedPart(money(acceptedMinor), money(amountMinor), rateExact(ratePpm))
    : amend.accepted(money(acceptedMinor), rateExact(ratePpm))
}

/** What it did to one's cash. */
function moved({ heldMinor, releasedMinor }: BidAmended): string {
  const { money } = format.value
  const { amend } = t.value
  if (heldMinor > 0) return amend.held(money(heldMinor))
  return releasedMinor > 0 ? amend.released(money(releasedMinor)) : amend.cashAsItWas
}
