/** Held against each other: what callers were told, and what the records say came of their keys. */
import { assertNever, COMMANDS } from '../../../schema/index.ts'
import type { Answer, Command, Event } from '../../../schema/index.ts'
import { isSame, promised, saidWhole } from '../attempt.ts'
import type { Asked, Attempt, Ledger } from '../attempt.ts'
import type { Evidence, RecordedEntry, Rows } from '../evidence.ts'
import type { Findings } from './violation.ts'

export function checkAnswers(evidence: Evidence, ledger: Ledger, findings: Findings): void {
  const entries = new Map(evidence.entries.map((entry) => [entry.sequence, entry]))
  const outcomes = new Map(evidence.outcome.map((row) => [`${row.account_id} ${row.key}`, row]))
  const bids = new Map(evidence.bid.map((row) => [row.bid_id, row]))
  for (const attempt of ledger.all()) {
    const outcome = outcomes.get(`${attempt.accountId} ${attempt.key}`)
    checkHeard(attempt, findings)
    const recorded = outcome === undefined ? null : recordedAt(entries, outcome)
    checkPromise(attempt, recorded, findings)
    checkBid(attempt, bids, findings)
  }
  checkUnexpected(evidence, ledger, findings)
  checkDoubled(evidence, findings)
}

/** The same key asked again has to be answered the same. */
function checkHeard({ key, said }: Attempt, findings: Findings): void {
  const [first] = said
  for (const again of said)
    findings.expect(
      first !== undefined && isSame(first, again),
      'wrong-answer',
      () => `${key} was answered ${JSON.stringify(first)} and then ${JSON.stringify(again)}`,
    )
}

interface Recorded {
  readonly command: Command
  readonly answer: Event
}

function recordedAt(
  entries: ReadonlyMap<number, RecordedEntry>,
  { sequence, place }: Rows['outcome'][number],
): Recorded | null {
  const entry = entries.get(sequence)
  const command = entry?.commands[place]
  const answer = entry?.answered[place]?.[0]
  return command === undefined || answer === undefined ? null : { command, answer }
}

function checkPromise(attempt: Attempt, recorded: Recorded | null, findings: Findings): void {
  const said = promised(attempt)
  const { key, asked } = attempt
  if (recorded === null) {
    findings.expect(
      said === null,
      'lost',
      () => `${key} (${asked.kind}) was answered ${JSON.stringify(said)}; nothing is recorded`,
    )
    return
  }
  findings.expect(
    recorded.command.key === key && isAsAsked(attempt, recorded.command),
    'wrong-answer',
    () => `${key} asked ${JSON.stringify(asked)}, recorded is ${JSON.stringify(recorded.command)}`,
  )
  if (said === null) return
  const kept = recorded.answer.kind === 'Repeated' ? recorded.answer.answer : recorded.answer
  findings.expect(
    isAnswer(kept) && isSame(said, saidWhole(kept)),
    'wrong-answer',
    () => `${key} heard ${JSON.stringify(said)}, recorded is ${JSON.stringify(kept)}`,
  )
  findings.expect(
    isDoneAsAsked(asked, kept),
    'wrong-answer',
    () => `${key} asked ${JSON.stringify(asked)}, what was done is ${JSON.stringify(kept)}`,
  )
}

/** What was done to a bid has the terms that were asked for, which a brief answer does not repeat. */
function isDoneAsAsked(asked: Asked, done: Event): boolean {
  if (done.kind !== 'BidPlaced' && done.kind !== 'BidAmended') return true
  return (
    (asked.kind === 'place' || asked.kind === 'amend') &&
    asked.amountMinor === done.amountMinor &&
    asked.ratePpm === done.ratePpm &&
    (asked.kind === 'place' ? asked.listingId === done.listingId : asked.bidId === done.bidId)
  )
}

function isAsAsked({ accountId, asked }: Attempt, command: Command): boolean {
  if (command.accountId !== accountId) return false
  switch (command.kind) {
    case 'PlaceBid':
      return (
        asked.kind === 'place' &&
        asked.listingId === command.listingId &&
        asked.amountMinor === command.amountMinor &&
        asked.ratePpm === command.ratePpm
      )
    case 'CancelBid':
      return asked.kind === 'cancel' && asked.bidId === command.bidId
    case 'AmendBid':
      return (
        asked.kind === 'amend' &&
        asked.bidId === command.bidId &&
        asked.amountMinor === command.amountMinor &&
        asked.ratePpm === command.ratePpm
      )
    case 'Deposit':
      return asked.kind === 'deposit' && asked.amountMinor === command.amountMinor
    case 'OpenListing':
      return asked.kind === 'open' && asked.amountMinor === command.amountMinor
    case 'WithdrawListing':
      return asked.kind === 'withdraw' && asked.listingId === command.listingId
    case 'ApproveListing':
      return asked.kind === 'approve' && asked.listingId === command.listingId
    case 'RejectListing':
      return asked.kind === 'reject' && asked.listingId === command.listingId
    default:
      return assertNever(command)
  }
}

/** An acknowledged bid is a row of the read tables too, as it was acknowledged. Its terms may have been
 *  amended since: rows.ts holds them against the record. */
function checkBid(
  { accountId, asked, said, key }: Attempt,
  bids: ReadonlyMap<number, Rows['bid'][number]>,
  findings: Findings,
): void {
  const [answer] = said
  if (answer?.kind !== 'placed' || asked.kind !== 'place') return
  const row = bids.get(answer.bidId)
  if (row === undefined) {
    findings.add('lost', `bid ${answer.bidId} (${key}) was acknowledged and is not there`)
    return
  }
  findings.expect(
    row.account_id === accountId &&
      row.listing_id === asked.listingId &&
      row.placed_minor === answer.acceptedMinor,
    'wrong-answer',
    () => `bid ${answer.bidId} (${key}) is not the one that was acknowledged`,
  )
}

function checkUnexpected(evidence: Evidence, ledger: Ledger, findings: Findings): void {
  for (const { key, account_id: accountId } of evidence.outcome)
    findings.expect(
      ledger.find(key)?.accountId === accountId,
      'unexpected-key',
      () => `account ${accountId} has an outcome for ${key}, which nobody asked`,
    )
}

/** Counted in the journal itself: the table of outcomes could hide a second effect. */
function checkDoubled({ entries }: Evidence, findings: Findings): void {
  const effects = new Map<string, number>()
  for (const { commands, answered, sequence } of entries)
    answered.forEach(([answer], place) => {
      const command = commands[place]
      if (command === undefined || answer === undefined) {
        findings.add('chain', `entry ${sequence}: answer ${place} has no command`)
        return
      }
      if (answer.kind === 'Refused' || answer.kind === 'Repeated') return
      const key = `${command.accountId} ${command.key}`
      const times = (effects.get(key) ?? 0) + 1
      effects.set(key, times)
      findings.expect(times === 1, 'doubled', () => `${key} had effect ${times} times`)
    })
}

function isAnswer(event: Event): event is Answer {
  return ANSWERS.has(event.kind)
}

const ANSWERS: ReadonlySet<string> = new Set([
  'Refused',
  ...Object.values(COMMANDS).map(({ answer }) => answer.kind),
])
