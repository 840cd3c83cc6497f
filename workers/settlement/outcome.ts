/** Where the answer to each key lies. A repeated answer lies where it was first given. */
import { isRemembered } from '../../schema/reject.ts'
import type { Event } from '../../schema/event.ts'
import type { Command } from '../../schema/command.ts'
import { assert } from '../../schema/unit.ts'

export interface Outcome {
  readonly accountId: number
  readonly key: string
  /** The command's place in its entry, from 0. */
  readonly place: number
}

/** The outcomes of one entry. */
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
  return answer.kind !== 'Refused' || isRemembered(answer.code)
}
