/** The words in which a caller hears what came of a request, made from the declarations of the answers. */
import { assert, COMMANDS, REFUSED, reject } from '../../schema/index.ts'
import type { Answer, BatchReply, CommandReply, Reject, Repeated } from '../../schema/index.ts'
import type { EventDeclaration } from '../../schema/declare/message.ts'
import { compile } from '../../engine/compile.ts'
import type { Admitted } from './admitted.ts'

/** The reply to a single command, or the market's refusal of it. An answer that is given again is told with its
 *  first sequence, here and in a batch; when that was, the entry of the repeat does not say. */
export function commandReply(request: Admitted): CommandReply | Reject {
  const given = request.answers[0]
  assert(given !== undefined, 'an answered request has its answer')
  const answer = first(given)
  if (answer.kind === 'Refused') return reject(answer.code)
  const { stage, sequence, atMs } = request
  return given.kind === 'Repeated'
    ? { stage, sequence: given.sequence, atMs: null, isRepeated: true, answer }
    : { stage, sequence, atMs, isRepeated: false, answer }
}

export function batchReply({ stage, sequence, atMs, answers }: Admitted): BatchReply {
  return { stage, sequence, atMs, answers: answers.map(inBrief) }
}

type Brief = BatchReply['answers'][number]

function inBrief(given: Answer | Repeated): Brief {
  const answer = first(given)
  const brief = BRIEFS[answer.kind](answer)
  return given.kind === 'Repeated'
    ? { ...brief, isRepeated: true, sequence: given.sequence }
    : brief
}

function first(given: Answer | Repeated): Answer {
  return given.kind === 'Repeated' ? given.answer : given
}

const BRIEFS = Object.fromEntries(
  [REFUSED, ...Object.values(COMMANDS).map((command) => command.answer)].map((declared) => [
    declared.kind,
    compileBrief(declared),
  ]),
) as Readonly<Record<Answer['kind'], (answer: Answer) => Brief>>

function compileBrief({ brief }: EventDeclaration): (answer: Answer) => Brief {
  const told = brief.map((name) => `${name}: answer.${name}`)
  return compile(`(answer) => ({ ${told.join(', ')} })`, {})
}
