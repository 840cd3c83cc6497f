/** Where the answer to each key lies. A repeated answer lies where it was first given. */
import type { RejectCode } from '../../schema/reject.ts'
import type { Event } from '../../schema/event.ts'
import type { Command } from '../../schema/command.ts'
import { assert } from '../../schema/unit.ts'
import { decodeCommandBody, decodeEventBody } from '../../engine/journal/index.ts'

export interface Outcome {
  readonly accountId: number
  readonly key: string
  /** The command's place in its entry, from 0. */
  readonly place: number
}

/** Refusals about the key itself: the engine does not remember them, so the same key may still get, or
 *  has got, its true answer elsewhere. */
const KEY_REFUSALS: ReadonlySet<RejectCode> = new Set(['key-reused', 'key-expired', 'key-ahead'])

/** The outcomes of one stored entry; none for a duplicate. */
export function outcomesOf(entry: {
  readonly commands: Uint8Array
  readonly events: Uint8Array
}): Outcome[] {
  const { isDuplicate, answered } = decodeEventBody(entry.events)
  return isDuplicate ? [] : listOutcomes(decodeCommandBody(entry.commands).commands, answered)
}

export function listOutcomes(
  commands: readonly Command[],
  answered: readonly (readonly Event[])[],
): Outcome[] {
  assert(commands.length === answered.length, 'every command of an entry has its answer')
  const outcomes: Outcome[] = []
  commands.forEach(({ accountId, key }, place) => {
    const answer = answered[place]?.[0]
    assert(answer !== undefined, 'an answer is never empty')
    if (isOutcome(answer)) outcomes.push({ accountId, key, place })
  })
  return outcomes
}

function isOutcome(answer: Event): boolean {
  if (answer.kind === 'Repeated') return false
  return answer.kind !== 'Refused' || !KEY_REFUSALS.has(answer.code)
}
