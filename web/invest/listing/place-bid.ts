import { market } from '../../data/feed/connection.ts'
import { format } from '../../i18n/index.ts'
import { t } from '../words/index.ts'
import type { CommandReply } from '../../data/vocabulary.ts'
import { useCommand } from '../../data/command.ts'

interface BidForm {
  readonly listingId: number
  readonly amountMinor: number
  readonly ratePpm: number
}

/** For the setup of one ticket. */
export function usePlaceBid() {
  return useCommand<BidForm>({
    send: (form) => market().placeBid(form),
    accepted,
    unanswered: () => t.value.ticket.unanswered,
  })
}

function accepted({ answer, isRepeated }: CommandReply, { amountMinor }: BidForm): string {
  const { ticket } = t.value
  const { money } = format.value
  if (isRepeated) return ticket.repeated
  const acceptedMinor = answer.kind === 'BidPlaced' ? answer.acceptedMinor : amountMinor
  return acceptedMinor < amountMinor
    ? ticket.acceptedPart(money(acceptedMinor), money(amountMinor))
    : ticket.accepted(money(acceptedMinor))
}
