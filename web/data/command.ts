/** The life of one command from a form: asked, then known or not, then ever safer. */
import { computed, shallowRef } from 'vue'
import { RequestRefused } from '../../gateway/client/index.ts'
import { market, progress } from './feed/connection.ts'
import { rejectText } from '../i18n/index.ts'
import { announceOwn } from './announcer.ts'
import type { CommandReply, RejectCode } from './vocabulary.ts'
import { Intent } from './intent.ts'

export type Outcome<Form> =
  | { readonly kind: 'none' }
  | { readonly kind: 'sending' }
  /** Silence: it may or may not have been accepted. Sending again is safe. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'refused'; readonly code: RejectCode }
  | { readonly kind: 'accepted'; readonly reply: CommandReply; readonly form: Form }

export interface Command<Form> {
  readonly send: (form: Form & { readonly key: string }) => Promise<CommandReply>
  /** What an answer and silence are called, in the language in use. */
  readonly accepted: (reply: CommandReply, form: Form) => string
  readonly unanswered: () => string
}

/** For the setup of one form. */
export function useCommand<Form extends object>(command: Command<Form>) {
  const outcome = shallowRef<Outcome<Form>>({ kind: 'none' })
  const intent = new Intent(() => market().nextKey())
  const sequence = computed(() =>
    outcome.value.kind === 'accepted' ? outcome.value.reply.sequence : null,
  )
  const isRecorded = computed(() => hasReached(sequence.value, progress.value.recorded))
  const isSettled = computed(() => hasReached(sequence.value, progress.value.settled))
  /** What came of it, in words; null while nothing is known. */
  const said = computed(() => wordsOf(command, outcome.value))

  async function send(form: Form): Promise<void> {
    outcome.value = { kind: 'sending' }
    try {
      const reply = await command.send({ ...form, key: intent.keyFor(form) })
      intent.answered()
      outcome.value = { kind: 'accepted', reply, form }
    } catch (error) {
      outcome.value = failed(error, intent)
    }
    if (said.value !== null) announceOwn(said.value)
  }

  function startAnew(): void {
    outcome.value = { kind: 'none' }
  }

  return { outcome, said, isRecorded, isSettled, send, startAnew }
}

function hasReached(sequence: number | null, reached: number): boolean {
  return sequence !== null && reached >= sequence
}

/** A refusal settles the intent, unless it says that the same key is to be sent again. */
function failed(error: unknown, intent: Intent): Outcome<never> {
  if (!(error instanceof RequestRefused)) return { kind: 'unanswered' }
  const { code, class: kind } = error.reject
  if (kind === 'retry-same-key') return { kind: 'unanswered' }
  if (kind !== 'retry-after') intent.answered()
  return { kind: 'refused', code }
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
