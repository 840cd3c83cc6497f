/** Between an answer and the two numbers by which it is remembered.
 *
 *  A repeated command says everything again that it said before, so of its answer only what the
 *  engine added has to be kept. */
import { assert, assertNever, REJECT_CODES, REJECTS } from '../../schema/index.ts'
import type {
  Answer,
  AtMs,
  BidId,
  Command,
  ListingId,
  Minor,
  OpenListing,
  RejectCode,
} from '../../schema/index.ts'
import type { KeptAnswer } from './key-memory.ts'

const DONE = 0

export function packAnswer(answer: Answer): KeptAnswer {
  switch (answer.kind) {
    case 'BidPlaced':
      return { code: DONE, given: answer.bidId, givenToo: answer.acceptedMinor }
    case 'BidCancelled':
      return { code: DONE, given: answer.listingId, givenToo: answer.releasedMinor }
    case 'ListingOpened':
      return { code: DONE, given: answer.listingId, givenToo: answer.closesAtMs }
    case 'Deposited':
      return { code: DONE, given: 0, givenToo: 0 }
    case 'Refused':
      return { code: REJECTS[answer.code].number, given: 0, givenToo: 0 }
    default:
      return assertNever(answer)
  }
}

/** The answer that `command` got when it was first asked. */
export function unpackAnswer(command: Command, { code, given, givenToo }: KeptAnswer): Answer {
  const { accountId, key } = command
  if (code !== DONE) return { kind: 'Refused', accountId, key, code: rejectCode(code) }
  switch (command.kind) {
    case 'PlaceBid': {
      const { listingId, amountMinor, ratePpm } = command
      const bidId = given as BidId
      const acceptedMinor = givenToo as Minor
      return { kind: 'BidPlaced', bidId, listingId, accountId, amountMinor, acceptedMinor, ratePpm }
    }
    case 'CancelBid': {
      const listingId = given as ListingId
      const releasedMinor = givenToo as Minor
      return { kind: 'BidCancelled', bidId: command.bidId, listingId, accountId, releasedMinor }
    }
    case 'OpenListing':
      return listingOpened(command, given as ListingId, givenToo as AtMs)
    case 'Deposit':
      return { kind: 'Deposited', accountId, amountMinor: command.amountMinor }
    default:
      return assertNever(command)
  }
}

export function listingOpened(
  command: OpenListing,
  listingId: ListingId,
  closesAtMs: AtMs,
): Answer {
  return {
    kind: 'ListingOpened',
    listingId,
    borrowerId: command.accountId,
    mode: command.mode,
    amountMinor: command.amountMinor,
    ratePpm: command.ratePpm,
    termMonths: command.termMonths,
    minBidMinor: command.minBidMinor,
    closesAtMs,
    grade: command.grade,
    purpose: command.purpose,
  }
}

const CODES_BY_NUMBER = new Map(REJECT_CODES.map((code) => [REJECTS[code].number, code]))

function rejectCode(number: number): RejectCode {
  const code = CODES_BY_NUMBER.get(number as (typeof REJECTS)[RejectCode]['number'])
  assert(code !== undefined, 'a remembered refusal is in the table')
  return code
}
