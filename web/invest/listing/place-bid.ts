import { useCommand } from '../../data/command.ts'
import { market } from '../../data/feed/connection.ts'
import { bidsStore } from '../../data/feed/index.ts'
import type { CommandReply } from '../../data/vocabulary.ts'
import { format } from '../../i18n/index.ts'
import { t } from '../words/index.ts'

export interface BidForm {
  readonly listingId: number
  readonly amountMinor: number
  readonly ratePpm: number
}

/** For the setup of one ticket. A bid whose answer was lost is known by its key among one's own. */
export function usePlaceBid() {
  return useCommand<BidForm>({
    send: (form) => market().placeBid(form),
    accepted,
    unanswered: () => t.value.ticket.unanswered,
    isSeen: ({ key }) => bidsStore.bids.value.some((bid) => bid.key === key),
  })
}

function accepted(reply: CommandReply | null, { amountMinor }: BidForm): string {
  const { ticket } = t.value
  const { money } = format.value
  if (reply === null) return ticket.seen
  if (reply.isRepeated) return ticket.repeated
  const { answer } = reply
  const acceptedMinor = answer.kind === 'BidPlaced' ? answer.acceptedMinor : amountMinor
  return acceptedMinor < amountMinor
    ? ticket.acceptedPart(money(acceptedMinor), money(amountMinor))
    : ticket.accepted(money(acceptedMinor))
}
