/** The life of one bid from the ticket: asked, then known or not, then ever safer. */
import { computed, shallowRef } from 'vue'
import { RequestRefused } from '../../../gateway/client/index.ts'
import { market, progress } from '../../feed/connection.ts'
import { announce } from '../../parts/announcer.ts'
import { format, rejectText, t } from '../../i18n/index.ts'
import type { CommandReply, RejectCode } from '../../vocabulary.ts'
import { Intent } from './intent.ts'

export interface BidForm {
  readonly listingId: number
  readonly amountMinor: number
  readonly ratePpm: number
}

export type BidOutcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'sending' }
  /** Silence: it may or may not have been accepted. Sending again is safe. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'refused'; readonly code: RejectCode }
  | {
      readonly kind: 'accepted'
      readonly reply: CommandReply
      readonly acceptedMinor: number
      readonly amountMinor: number
    }

/** For the setup of one ticket. */
export function usePlaceBid() {
  const outcome = shallowRef<BidOutcome>({ kind: 'none' })
  const intent = new Intent(() => market().nextKey())
  const sequence = computed(() =>
    outcome.value.kind === 'accepted' ? outcome.value.reply.sequence : null,
  )
  const isRecorded = computed(() => hasReached(sequence.value, progress.value.recorded))
  const isSettled = computed(() => hasReached(sequence.value, progress.value.settled))

  async function place(form: BidForm): Promise<void> {
    outcome.value = { kind: 'sending' }
    try {
      const reply = await market().placeBid({ ...form, key: intent.keyFor(form) })
      intent.answered()
      outcome.value = accepted(reply, form)
    } catch (error) {
      outcome.value = failed(error, intent)
    }
    announceOutcome(outcome.value)
  }

  function startAnew(): void {
    outcome.value = { kind: 'none' }
  }

  return { outcome, isRecorded, isSettled, place, startAnew }
}

function hasReached(sequence: number | null, reached: number): boolean {
  return sequence !== null && reached >= sequence
}

function accepted(reply: CommandReply, form: BidForm): BidOutcome {
  const { answer } = reply
  const acceptedMinor = answer.kind === 'BidPlaced' ? answer.acceptedMinor : form.amountMinor
  return { kind: 'accepted', reply, acceptedMinor, amountMinor: form.amountMinor }
}

/** A refusal settles the intent, unless it says that the same key is to be sent again. */
function failed(error: unknown, intent: Intent): BidOutcome {
  if (!(error instanceof RequestRefused)) return { kind: 'unanswered' }
  const { code, class: kind } = error.reject
  if (kind === 'retry-same-key') return { kind: 'unanswered' }
  if (kind !== 'retry-after') intent.answered()
  return { kind: 'refused', code }
}

function announceOutcome(outcome: BidOutcome): void {
  if (outcome.kind === 'accepted')
    announce(t.value.ticket.accepted(format.value.money(outcome.acceptedMinor)))
  else if (outcome.kind === 'refused') announce(rejectText(outcome.code))
  else if (outcome.kind === 'unanswered') announce(t.value.ticket.unanswered)
}
