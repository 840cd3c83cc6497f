/** The words in which a caller hears what came of a request. */
import { assert, assertNever, BrokenInvariant, reject } from '../../schema/index.ts'
import type {
  Answer,
  BatchReply,
  BriefAnswer,
  CommandReply,
  Reject,
  Repeated,
} from '../../schema/index.ts'
import type { Admitted } from './admitted.ts'

/** The reply to a single command, or the market's refusal of it. */
export function commandReply(request: Admitted): CommandReply | Reject {
  const given = request.answers[0]
  assert(given !== undefined, 'an answered request has its answer')
  const isRepeated = given.kind === 'Repeated'
  const answer = first(given)
  if (answer.kind === 'Refused') return reject(answer.code)
  const { stage, atMs } = request
  return {
    stage,
    sequence: isRepeated ? given.sequence : request.sequence,
    atMs,
    isRepeated,
    answer,
  }
}

export function batchReply({ stage, sequence, atMs, answers }: Admitted): BatchReply {
  return { stage, sequence, atMs, answers: answers.map(brief) }
}

function brief(given: Answer | Repeated): BriefAnswer {
  const answer = first(given)
  switch (answer.kind) {
    case 'BidPlaced':
      return { bidId: answer.bidId, acceptedMinor: answer.acceptedMinor }
    case 'BidCancelled':
      return { bidId: answer.bidId, releasedMinor: answer.releasedMinor }
    case 'Refused':
      return { code: answer.code }
    case 'Deposited':
    case 'ListingOpened':
      throw new BrokenInvariant('a batch holds bids and cancels only')
    default:
      return assertNever(answer)
  }
}

function first(given: Answer | Repeated): Answer {
  return given.kind === 'Repeated' ? given.answer : given
}
