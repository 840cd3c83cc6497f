/** A command from a form: sent under one key, waited for, and told in words.
 *
 *  When no answer comes, what became of it may still be seen: one's own bids are told on a channel, and a bid carries the
 *  key of the command that placed it. Then nobody has to send anything again. */
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { isSilentOnBefore, RequestRefused } from '../../gateway/client/index.ts'
import { rejectText } from '../i18n/index.ts'
import { announceOwn } from './announcer.ts'
import { market, progress } from './feed/connection.ts'
import { Intent } from './intent.ts'
import type { IntentPlace } from './intent.ts'
import type { CommandReply, RejectCode } from './vocabulary.ts'

export type Outcome<Form> =
  | { readonly kind: 'none' }
  | { readonly kind: 'sending' }
  /** Silence: it may or may not have been accepted. Sending again is safe. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'refused'; readonly code: RejectCode }
  /** `reply` is null where its effect was seen and the answer itself never came. */
  | { readonly kind: 'accepted'; readonly reply: CommandReply | null; readonly form: Form }

export interface Command<Form> {
  readonly send: (form: Form & { readonly key: string }) => Promise<CommandReply>
  /** What an answer and silence are called, in the language in use. */
  readonly accepted: (reply: CommandReply | null, form: Form) => string
  readonly unanswered: () => string
  /** Whether what was asked for shows by now. Reads stores: it is asked again whenever they change. */
  readonly isSeen?: (form: Form & { readonly key: string }) => boolean
  /** Where what is not answered outlives the page, for forms that do. */
  readonly place?: IntentPlace
}

type Keyed<Form> = Form & { readonly key: string }

/** For the setup of one form. */
export function useCommand<Form extends object>(command: Command<Form>) {
  const outcome = shallowRef<Outcome<Form>>({ kind: 'none' })
  const intent = new Intent(() => market().nextKey(), command.place)
  /** The entry that its effect is in, or one behind it. */
  const sequence = shallowRef<number | null>(null)
  /** What was sent and has no answer, in JSON; also by the page that was here before this one. */
  const openForm = shallowRef(intent.openForm)
  const asked = shallowRef<Keyed<Form> | null>(null)
  const isRecorded = computed(() => hasReached(sequence.value, progress.value.recorded))
  const isSettled = computed(() => hasReached(sequence.value, progress.value.settled))
  /** What came of it, in words; null while nothing is known. */
  const said = computed(() => wordsOf(command, outcome.value))

  async function send(form: Form): Promise<void> {
    // Whether it may have been accepted already, whatever is heard now.
    const isAgain = intent.isOpen(form)
    const keyed = { ...form, key: intent.keyFor(form) }
    outcome.value = { kind: 'sending' }
    asked.value = keyed
    try {
      const reply = await command.send(keyed)
      accept(keyed, reply, reply.sequence)
    } catch (error) {
      const failure = failed(error, isAgain)
      if (failure.kind === 'refused') intent.answered(form)
      if (asked.value === keyed) outcome.value = failure
    }
    openForm.value = intent.openForm
    if (said.value !== null) announceOwn(said.value)
  }

  function accept(keyed: Keyed<Form>, reply: CommandReply | null, at: number): void {
    // A late answer to what was given up, or seen already, changes nothing.
    const { key: _, ...form } = keyed
    intent.answered(form)
    if (asked.value !== keyed) return
    asked.value = null
    sequence.value = at
    outcome.value = { kind: 'accepted', reply, form: keyed }
  }

  /** Gives the command up; what was sent may still have its effect, and is then seen where it shows. */
  function startAnew(): void {
    asked.value = null
    outcome.value = { kind: 'none' }
  }

  const { isSeen } = command
  if (isSeen !== undefined) {
    const stop = watch(
      () => asked.value !== null && outcome.value.kind === 'unanswered' && isSeen(asked.value),
      (is) => {
        if (!is || asked.value === null) return
        accept(asked.value, null, progress.value.sequence)
        if (said.value !== null) announceOwn(said.value)
      },
    )
    onScopeDispose(stop)
  }

  return { outcome, said, openForm, isRecorded, isSettled, send, startAnew }
}

function hasReached(sequence: number | null, reached: number): boolean {
  return sequence !== null && reached >= sequence
}

/** A refusal settles what was sent, unless it says nothing of it: that the same key is to be sent again; or, of what was
 *  sent before without an answer, that just now there is no time for it. */
function failed(error: unknown, isAgain: boolean): Outcome<never> {
  if (!(error instanceof RequestRefused)) return { kind: 'unanswered' }
  const { code, class: kind } = error.reject
  const isUnknown = kind === 'retry-same-key' || (isAgain && isSilentOnBefore(error.reject))
  return isUnknown ? { kind: 'unanswered' } : { kind: 'refused', code }
}

function wordsOf<Form>(command: Command<Form>, outcome: Outcome<Form>): string | null {
  switch (outcome.kind) {
    case 'accepted':
      return command.accepted(outcome.reply, outcome.form)
    case 'refused':
      return rejectText(outcome.code)
    case 'unanswered':
      return command.unanswered()
    case 'none':
    case 'sending':
      return null
  }
}
